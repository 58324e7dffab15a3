"""Writes golden/sheets.json: a workbook put together by hand from ECMA-376, not by the library that reads it.

Shared strings (also rich text), inline strings, a formula with the value that was computed last, a number
format that shows zeros in front, numbers kept as text, merged cells, blank rows and columns.

    /usr/bin/python3 golden/sheets.py
"""

import base64
import io
import json
import pathlib
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

FILES = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{REL}">
<sheets><sheet name="MICRO_ONLY" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="r3" Type="{REL}/styles" Target="styles.xml"/></Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="000"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>""",
    "xl/sharedStrings.xml": f"""<sst xmlns="{MAIN}" count="6" uniqueCount="6">
<si><t>Subject</t></si><si><r><t>File</t></r><r><t>name</t></r></si><si><t>Onset Frame</t></si>
<si><t>Offset Frame</t></si><si><t>Estimated Emotion</t></si><si><t xml:space="preserve"> Other </t></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{MAIN}"><dimension ref="A1:G5"/><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>Coded by two people</t></is></c></row>
<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="D3" t="s"><v>2</v></c>
<c r="E3" t="s"><v>3</v></c><c r="G3" t="s"><v>4</v></c></row>
<row r="4"><c r="A4" s="1"><v>6</v></c><c r="B4" t="inlineStr"><is><t>006_1_2</t></is></c>
<c r="D4" t="str"><v>100</v></c><c r="E4"><f>SUM(D4)+20</f><v>120</v></c><c r="G4" t="s"><v>5</v></c></row>
<row r="5"><c r="B5" t="inlineStr"><is><t>006_1_3</t></is></c><c r="D5"><v>200</v></c>
<c r="E5"><v>230</v></c><c r="G5" t="inlineStr"><is><t>Anger &amp; more</t></is></c></row>
</sheetData><mergeCells count="1"><mergeCell ref="A4:A5"/></mergeCells></worksheet>""",
}

ROWS = [
    ["Coded by two people"],
    [],
    ["Subject", "Filename", "", "Onset Frame", "Offset Frame", "", "Estimated Emotion"],
    ["006", "006_1_2", "", "100", "120", "", " Other "],
    ["006", "006_1_3", "", "200", "230", "", "Anger & more"],
]

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in FILES.items():
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)

out = {"xlsx": base64.b64encode(buffer.getvalue()).decode(), "rows": ROWS}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, indent=1) + "\n")
