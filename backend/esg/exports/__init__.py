"""Publications and drafts as documents: pages, a text document, a workbook, and a file for machines."""
