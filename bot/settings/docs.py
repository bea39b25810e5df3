"""What is told about every setting: name, default, meaning, what it expects."""

from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, Field, JsonValue
from pydantic.fields import FieldInfo

_OUR_EXTRA = "setting"


@dataclass(frozen=True, kw_only=True)
class SettingDoc:
    """One setting in words. `default` is the text that means the default, empty where none does."""

    name: str
    group: str
    default: str
    meaning: str
    expects: str
    example: str
    required: bool
    secret: bool


def setting(
    default: str | None,
    meaning: str,
    *,
    group: str,
    expects: str,
    example: str | None = None,
    required: bool = False,
    secret: bool = False,
    unset: Any = None,
) -> Any:
    """A field whose default is written as an operator would write it, or is `unset` without one."""
    extra: dict[str, JsonValue] = {
        "group": group,
        "default": default or "",
        "meaning": meaning,
        "expects": expects,
        "example": example or default or "",
        "required": required,
        "secret": secret,
    }
    if required:
        return Field(json_schema_extra={_OUR_EXTRA: extra})
    if default is None:
        return Field(default=unset, json_schema_extra={_OUR_EXTRA: extra})
    return Field(default=default, validate_default=True, json_schema_extra={_OUR_EXTRA: extra})


def docs_of(model: type[BaseModel]) -> tuple[SettingDoc, ...]:
    """Every setting of the model in order, named as in the environment."""
    return tuple(
        SettingDoc(name=name.upper(), **_extra(field)) for name, field in model.model_fields.items()
    )


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return cast("dict[str, Any]", extra[_OUR_EXTRA]) if isinstance(extra, dict) else {}
