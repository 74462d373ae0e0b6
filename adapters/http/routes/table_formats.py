"""What the operation of a list documents besides JSON: the same list, whole, as a table."""

from adapters.http.openapi import Json
from adapters.http.tables import MEDIA_TYPES, Format

AS_TABLE: dict[int | str, Json] = {
    200: {
        "content": {
            MEDIA_TYPES[Format.CSV]: {
                "schema": {"type": "string"},
                "example": "id,name\r\n0199f3c1-…,Hôtel du Port\r\n",
            },
            MEDIA_TYPES[Format.XLSX]: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
        }
    }
}
