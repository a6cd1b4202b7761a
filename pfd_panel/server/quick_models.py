"""Bokeh and Panel make the same models faster: what follows from a class alone is worked out once a class.

Making the objects of a page and writing them down was most of what a page takes. Bokeh looks up, copies and validates
the default of every property each time it is read; Panel goes through all parameters for each of them. The answers
depend on the class only. What the objects are and what is sent to the browser stays the same to the byte; see
`tests/pfd_panel/server/test_quick_models.py`.
"""

from functools import cache
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.singletons import Intrinsic, Undefined
from bokeh.core.property.wrappers import PropertyValueDict, PropertyValueList, PropertyValueSet
from bokeh.settings import settings as bokeh_settings
from panel.reactive import Syncable
from panel_material_ui.notifications import NotificationArea
from param.parameterized import no_instance_params

_PLAIN = (bool, int, float, str, type(None))
_CONTAINERS = (PropertyValueList, PropertyValueDict, PropertyValueSet)
_THEMED = "__themed_values__"
_default_of = PropertyDescriptor._get_default


def quicken_models() -> None:
    """Work out once a class what depends on the class only; calling it again changes nothing."""
    # checks for those who write pages: the tests run them, a server repeats them for each page that is opened
    bokeh_settings.perform_document_validation = False
    bokeh_settings.perform_error_diagnostics = False
    for kind, name, quick in _QUICK:
        setattr(kind, name, quick)
    no_instance_params(NotificationArea)


def _init(self: HasProps, **properties: Any) -> None:
    super(HasProps, self).__init__()
    self._property_values = {}
    self._unstable_default_values = {}
    self._unstable_themed_values = {}
    for name, value in properties.items():
        if value is not Undefined and value is not Intrinsic:
            setattr(self, name, value)
    for descriptor in _changing(type(self)):
        if descriptor.name not in properties:
            descriptor._get(self)
    self._initialized = True


@cache
def _changing(kind: type[HasProps]) -> tuple[PropertyDescriptor[Any], ...]:
    """The properties whose default is made anew for each model, in the order in which they are declared."""
    found = (kind.lookup(name) for name in kind.properties(_with_props=True))
    return tuple(one for one in found if one.has_unstable_default(kind))


def _themed_values(self: HasProps) -> dict[str, Any] | None:
    found: dict[str, Any] | None = self.__dict__.get(_THEMED)
    return found


def _get_default(self: PropertyDescriptor[Any], obj: HasProps) -> Any:
    themed = obj.__dict__.get(_THEMED)
    if themed is not None and self.name in themed:
        return _default_of(self, obj)
    own = obj._unstable_default_values
    if self.name in own:
        return own[self.name]
    constant, value = _default(type(obj), self)
    if constant:
        return value
    if value is None:
        return _default_of(self, obj)
    made = own[self.name] = value()
    made._register_owner(obj, self)
    return made


@cache
def _default(kind: type[HasProps], descriptor: PropertyDescriptor[Any]) -> tuple[bool, Any]:
    """Whether the default of a class is the same for all models, and it; or of which container it is an empty one."""
    found = descriptor.class_default(kind)
    if not descriptor.has_unstable_default(kind):
        return (True, found) if type(found) in _PLAIN or found is Undefined else (False, None)
    return False, type(found) if type(found) in _CONTAINERS and not found else None


def _init_params(self: Syncable) -> dict[str, Any]:
    # Panel asks for the synced ones once a parameter
    synced = frozenset(self._synced_params)
    values = ((name, getattr(self, name)) for name in self.param if name in synced)
    return {name: value for name, value in values if value is not None}


_QUICK: tuple[tuple[type, str, Any], ...] = (
    (HasProps, "__init__", _init),
    (HasProps, "themed_values", _themed_values),
    (PropertyDescriptor, "_get_default", _get_default),
    (Syncable, "_init_params", _init_params),
)
_THOROUGH = tuple((kind, name, getattr(kind, name)) for kind, name, _ in _QUICK)
"""What Bokeh and Panel do by themselves."""
