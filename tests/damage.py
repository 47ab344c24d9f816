"""Ways in which a file can be damaged, for tests of every kind of file in a folder."""

from collections.abc import Callable

import numpy as np

Damage = Callable[[bytes], bytes]


def flipped(content: bytes) -> bytes:
    """One bit in the middle of the file changed."""
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    return bytes(changed)


DAMAGE: dict[str, Damage] = {
    "empty": lambda content: b"",
    "one byte": lambda content: content[:1],
    "cut in half": lambda content: content[: len(content) // 2],
    "a byte short": lambda content: content.rstrip()[:-1],
    "flipped": flipped,
    "foreign": lambda content: b"%PDF-1.7\n\x00\xff\xfe of another program\n" * 20,
    "JSON null": lambda content: b"null",
    "JSON list": lambda content: b"[1, 2]",
    "JSON text": lambda content: b'"text"',
    "deep JSON": lambda content: b"[" * 100_000,
    "long JSON number": lambda content: b'{"digest": 1' + b"0" * 400 + b"}",
}


def with_array(path, name: str, change: Callable[[np.ndarray], object]) -> None:
    """Write the .npz file anew with an array that `change` returns; None leaves it out."""
    with np.load(path) as file:
        arrays = dict(file)
    changed = change(arrays.pop(name))
    np.savez(path, **arrays, **({} if changed is None else {name: changed}))
