// The drawing (`drawing.js`) as a PNG file, twice as fine as on the screen, without control points.

function savePicture(drawing) {
  const width = 2 * drawing.frame.clientWidth, height = 2 * drawing.frame.clientHeight;
  const copy = drawing.svg.cloneNode(true), sheet = document.createElement("canvas"), picture = new Image();
  copy.querySelector(".handles").remove();
  for (const [name, value] of [["xmlns", SVG], ["width", width], ["height", height]]) copy.setAttribute(name, value);
  const style = document.createElementNS(SVG, "style");
  style.textContent = drawing.root.querySelector("style.scene").textContent;
  copy.prepend(style);
  Object.assign(sheet, { width, height });
  picture.onload = () => {
    const context = sheet.getContext("2d");
    drawing.onto(context, width, height);
    context.drawImage(picture, 0, 0);
    Object.assign(document.createElement("a"), { href: sheet.toDataURL("image/png"), download: "flow.png" }).click();
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}
