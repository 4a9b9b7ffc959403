"""S3: numbers that cost whoever calls them back a lot, and those that look like it and do not."""

import pytest

from call.dear_numbers import is_dear


@pytest.mark.parametrize(
    "number",
    [
        "+19005550142",  # Premium
        "+15129765550",  # Premium, local
        "+18765550142",  # Jamaica
        "+16585550142",
        "+18095550142",  # Dominican Republic
        "+18295550142",
        "+14735550142",  # Grenada
        "+16645550142",  # Montserrat
        "+12845550142",  # British Virgin Islands
        "+881612345678",  # Satellites
        "+870773111632",
        "+88216123456",
        "+97912345678",  # Premium everywhere
        "+449098790000",  # Premium elsewhere
    ],
)
def test_s3_dear(number: str) -> None:
    """Whoever left it."""
    assert is_dear(number)


@pytest.mark.parametrize(
    "number",
    [
        "+15125550142",
        "+14165550142",  # Canada
        "+17875550142",  # Puerto Rico
        "+16715550142",  # Guam
        "+18005550142",
        "+80012345678",
        "+15128765550",  # 876, and no area code
        "+19095550142",
        "+4930123456",  # Abroad, and no more than that
        "+525512345678",
        "",
        "anonymous",
        "+1911",
    ],
)
def test_s3_not_dear(number: str) -> None:
    """However it looks."""
    assert not is_dear(number)
