"""GM65 and its relatives: barcode modules for little money, by Hangzhou Grow."""
