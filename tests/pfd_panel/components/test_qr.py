import re

import segno

from pfd_panel.components.qr import QUIET_MODULES, SIDE_PX, qr_code

ADDRESS = "otpauth://totp/PFD%20Panel:bob?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=PFD%20Panel"


def dark_modules(html: str) -> set[tuple[int, int]]:
    """Row and column of every dark module that the picture draws, its border taken off."""
    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', html)
    row, column, dark = -0.5, 0, set()
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        first, *second = (float(one) for one in numbers.split())
        if kind == "h":
            dark |= {(int(row) - QUIET_MODULES, at - QUIET_MODULES) for at in range(column, column + int(first))}
            column += int(first)
        else:
            column = int(first) + (column if kind == "m" else 0)
            row = second[0] if kind == "M" else row + second[0]
    return dark


def test_every_module_of_the_code_is_drawn_with_a_quiet_border():
    code = segno.make(ADDRESS, micro=False, error="m")
    expected = {(row, at) for row, line in enumerate(code.matrix) for at, module in enumerate(line) if module}
    drawn = qr_code(ADDRESS, "to scan")
    assert dark_modules(drawn) == expected
    side = len(code.matrix) + 2 * QUIET_MODULES
    assert f'viewBox="0 0 {side} {side}"' in drawn
    assert SIDE_PX / side > 3, "a phone needs some pixels a module"


def test_what_it_is_is_said_and_nothing_of_the_text_is_markup():
    drawn = qr_code("<img src=x>", "<b>")
    assert 'aria-label="&lt;b&gt;"' in drawn
    assert "<img" not in drawn
