"""Where the cells of a workbook lead when they are clicked: a cell may say "Instagram" and hold the account behind it.

openpyxl does not tell while it streams, so the two parts that hold it are read here. No link is followed.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from xml.etree.ElementTree import iterparse

WEB = re.compile(r"(?i)https?://")
CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
LONGEST = 2048  # characters of an address


def links_of(archive: zipfile.ZipFile, part: str) -> Mapping[int, Mapping[int, str]]:
    """Row number -> column from 0 -> web address, of one sheet. Of several merged cells the first carries it."""
    part = part.lstrip("/")
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if not part or relations not in archive.namelist():
        return {}
    targets = _targets(archive, relations)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    if not targets:
        return found
    with archive.open(part) as file:
        for _, element in iterparse(file):  # noqa: S314 — expat refuses entities that grow; check_parts the size
            if _local(element.tag) == "hyperlink":
                there = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                cell = CELL.match(element.get("ref", ""))
                if cell and there in targets:
                    found[int(cell[2])][_column(cell[1])] = targets[there]
            elif _local(element.tag) == "row":
                element.clear()
    return found


def _targets(archive: zipfile.ZipFile, relations: str) -> dict[str, str]:
    """Relation -> web address. Mail addresses, files and places in the workbook are no links of ours."""
    with archive.open(relations) as file:
        pairs = [(e.get("Id", ""), e.get("Target", "")) for _, e in iterparse(file)]  # noqa: S314
    return {name: target for name, target in pairs if WEB.match(target) and len(target) <= LONGEST}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
