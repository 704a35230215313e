"""Certificates and credits: green certificates (绿证), CCER, the regions' own programmes, and the board where they change hands."""
