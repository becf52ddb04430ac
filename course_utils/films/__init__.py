"""Films: explorers that move without a kernel, as files and as pages."""
