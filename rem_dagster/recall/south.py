"""In which zones is it summer in January?"""

_AREAS = ("Antarctica/", "Australia/", "America/Argentina/")
_ZONES = {
    "Africa": """
        Blantyre Bujumbura Dar_es_Salaam Gaborone Harare Johannesburg Kigali Kinshasa Luanda Lubumbashi Lusaka
        Maputo Maseru Mbabane Windhoek""",
    "America": """
        Araguaina Asuncion Bahia Buenos_Aires Campo_Grande Catamarca Cordoba Coyhaique Cuiaba Fortaleza Jujuy
        La_Paz Lima Maceio Mendoza Montevideo Porto_Velho Punta_Arenas Recife Rio_Branco Rosario Santiago
        Sao_Paulo""",
    "Asia": "Dili Jakarta Makassar",
    "Atlantic": "South_Georgia St_Helena Stanley",
    "Indian": "Antananarivo Christmas Cocos Comoro Mauritius Mayotte Reunion",
    "Pacific": """
        Apia Auckland Chatham Easter Efate Fakaofo Fiji Gambier Guadalcanal Marquesas Niue Norfolk Noumea
        Pago_Pago Pitcairn Port_Moresby Rarotonga Tahiti Tongatapu Wallis""",
}
_SOUTHERN = frozenset(f"{area}/{city}" for area, cities in _ZONES.items() for city in cities.split())


def is_southern(zone: str) -> bool:
    """Whether an IANA zone lies south of the equator.

    Source: the coordinates of `zone1970.tab` and of the links to its zones in the IANA time zone database.
    """
    return zone.startswith(_AREAS) or zone in _SOUTHERN or zone in ("NZ", "NZ-CHAT")
