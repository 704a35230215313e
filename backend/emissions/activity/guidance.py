"""What the template tells whoever fills it in."""

GUIDANCE: tuple[tuple[str, str], ...] = (
    ("本工作簿用于填报本账户的月度活动数据。请在“活动数据 Data”工作表填写，每行一个排放源（及计量器具）的一个月。",
     "Fill the sheet 'Data': one row for one source (and meter) and one month."),
    ("请勿删除或修改标题行；可增加自己的列，系统会忽略。带 * 的列必填，仅预填而未填数量的行会被跳过。",
     ("Keep the title rows. You may add columns of your own. Columns with * are required; rows prefilled but not "
      "filled in are passed over.")),
    ("排放源、计量器具、计量单位请从下拉列表选择；单位只列出该排放源可用的单位，系统负责换算。",
     "Choose source, meter and unit from the lists; only units the source takes are offered, we convert them."),
    ("无消耗的月份请填 0，不要留空。外供能源请使用“输出”类排放源，数量填正数。",
     "Write 0 for a month without consumption. Enter energy you sold under its own source, as a positive number."),
    ("超过 15 位有效数字的数值请以文本格式填写，以免 Excel 截断。",
     "Write numbers of more than 15 significant digits as text, or Excel cuts them."),
    ("更正：先导出数据，在原行修改并填写“更正原因”，保留隐藏的“记录编号”列；未修改的行不会产生变化。",
     "To correct: export, change the row, state the reason and keep the hidden record id. Unchanged rows change nothing."),
    ("上传后系统逐行检查；有任何错误则全部不保存，并返回标注了错误的本工作簿，改正后可直接重新上传。",
     ("Every row is checked. With any error nothing is stored and you get this workbook back with the errors marked; "
      "mend them there and upload it again.")),
)  # fmt: skip
"""Paragraphs, Chinese and English."""
