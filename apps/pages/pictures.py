"""What an uploaded picture must be, and the clean copy of it that is kept."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

BYTES = 5 << 20
SIDE = 4000
KINDS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


class PictureError(ValueError):
    """An upload that is no picture for this portal; says what it is and what is taken."""


@dataclass(frozen=True)
class Decoded:
    """A picture without anything but its pixels."""

    content: bytes
    suffix: str
    width: int
    height: int


def decode(content):
    """Verify an upload by decoding it, and encode its pixels anew.

    Place, camera and every other note that a file may carry (EXIF, XMP, comments) stay behind; a
    turned photograph is turned upright first. Of an animation the first frame is kept.

    Parameters
    ----------
    content : bytes
        The file as it was sent.

    Returns
    -------
    Decoded

    Raises
    ------
    PictureError
        If it is too large, of another kind, or damaged.
    """
    if len(content) > BYTES:
        raise PictureError(
            f"The file has {len(content) / (1 << 20):.1f} MiB; at most {BYTES >> 20} MiB are "
            "taken. Make it smaller, then choose it again."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=tuple(KINDS))
            _check_size(image)
            image.load()
            return _encoded(image, image.format)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PictureError(f"The picture has more than {SIDE} pixels on a side.") from error
    except UnidentifiedImageError as error:
        raise PictureError(
            "The file is no picture of a kind that is taken: PNG, JPEG or WebP."
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError("The picture is damaged and cannot be decoded.") from error


def _check_size(image):
    if max(image.size) > SIDE:
        width, height = image.size
        raise PictureError(
            f"The picture has {width} × {height} pixels; at most {SIDE} on a side are taken."
        )


def _encoded(image, kind):
    """Encode the pixels alone."""
    upright = ImageOps.exif_transpose(image)
    if kind == "JPEG" and upright.mode not in {"L", "RGB"}:
        upright = upright.convert("RGB")
    bare = upright.copy()
    bare.info = {"transparency": upright.info["transparency"]} if _is_clear(upright) else {}
    stream = io.BytesIO()
    bare.save(stream, kind, **({"quality": 88} if kind != "PNG" else {"optimize": True}))
    return Decoded(stream.getvalue(), KINDS[kind], *bare.size)


def _is_clear(image):
    """Whether a palette or a colour stands for see-through."""
    return "transparency" in image.info
