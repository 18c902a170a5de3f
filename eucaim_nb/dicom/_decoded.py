"""Every frame of an instance, decoded one after the other."""

from collections.abc import Iterator

from ._content import ElementsError, Source, opened
from ._frame import Frame, Frames, PreviewError
from ._quiet import quiet_pydicom

_MOST_INFLATED = 256 * 1024**2


def decoded(source: Source) -> Iterator[Frame]:
    """Yield the frames of an instance. A damaged one may end the process: do this in one that may end.

    Raises
    ------
    PreviewError
        A frame cannot be decoded. The text holds neither a value nor the path.
    """
    try:
        with quiet_pydicom(), opened(source, _MOST_INFLATED) as content:
            frames = Frames(content)
            for index in range(frames.count):
                yield frames.decode(index)
    except ElementsError as error:
        raise PreviewError(str(error)) from None
    except (PreviewError, GeneratorExit):
        raise
    except MemoryError:
        raise PreviewError("The picture needs more memory than is available.") from None
    except Exception:
        raise PreviewError(
            "The picture cannot be decoded: what the object says about it makes no sense."
        ) from None
