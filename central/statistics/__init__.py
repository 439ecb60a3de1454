"""Statistics by place and month, as the district's plan and ISO 2789 (GB/T 13191) ask for them.

`desk.py` is the door: a month of some places as a `Report`, a year, closing a month, what people enter by
hand. Between store and report everything is pure: `figures.py` (a number and what is wrong with it),
`opening.py` (hours open and availability), `gaps.py` (why a number is missing), `report.py` (rows, totals),
`compare.py` (ranks and changes), `years.py`. `form.py` is what a monthly form is made of, whoever writes it:
`workbook.py` as xlsx, `text_table.py` as csv, a page of `central.web`, which brings the words.

What is not known is None with its cause and never 0; what may be incomplete is marked and says why. Loans and
renewals are counted apart; visits are entries for any reason, and a counter cannot tell staff from readers.
"""
