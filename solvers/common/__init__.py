"""The ground floor, free of physics: errors, files, tables, batches, chunks, processes, provenance, types of arrays."""
