from ._apply import apply
from ._images import Images, images_of
from ._load import load
from ._mapping import load_mapping, save_mapping
from ._match import suggest
from ._profile import profile
from ._propose import propose
from ._template import load_template
