"""Names to draw on when a document has no other name of the same sort."""

from __future__ import annotations

from rag.check.words import vocabulary


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name in vocabulary(text))


COUNTRIES = _phrases(
    """Argentina Australia Austria Belgium Brazil Canada Chile China Colombia Denmark Egypt Finland France Germany
    Greece Hungary India Indonesia Iran Iraq Ireland Israel Italy Japan Jordan Kenya Mexico Morocco Nigeria Norway
    Pakistan Peru Poland Portugal Qatar Romania Russia Spain Sweden Switzerland Syria Thailand Turkey Ukraine Vietnam"""
)
PEOPLES = vocabulary(
    """Argentine Australian Austrian Belgian Brazilian Canadian Chilean Chinese Colombian Danish Egyptian Finnish French
    German Greek Hungarian Indian Indonesian Iranian Iraqi Irish Israeli Italian Japanese Jordanian Kenyan Mexican
    Moroccan Nigerian Norwegian Pakistani Peruvian Polish Portuguese Romanian Russian Spanish Swedish Swiss Syrian Thai
    Turkish Ukrainian Vietnamese American British"""
)
STATES = _phrases(
    """Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Idaho Illinois Indiana
    Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Montana Nebraska
    Nevada Ohio Oklahoma Oregon Pennsylvania Tennessee Texas Utah Vermont Virginia Wisconsin Wyoming"""
)
CITIES = _phrases(
    """London Paris Berlin Madrid Rome Vienna Athens Dublin Oslo Stockholm Moscow Kyiv Warsaw Prague Budapest Istanbul
    Ankara Beirut Damascus Baghdad Tehran Cairo Tunis Lagos Nairobi Mumbai Delhi Karachi Kabul Beijing Shanghai Tokyo
    Seoul Bangkok Manila Jakarta Sydney Melbourne Toronto Montreal Boston Chicago Houston Dallas Denver Seattle Miami
    Atlanta Detroit Philadelphia Phoenix Los_Angeles San_Francisco New_York Baltimore Cleveland Pittsburgh Manchester
    Liverpool Birmingham Glasgow Edinburgh Belfast Cardiff Leeds Bristol"""
)
BODIES = vocabulary(
    "FBI CIA NATO NASA UNESCO OPEC IMF WTO FIFA UEFA NBA NFL BBC CNN NBC IBM BMW Google Microsoft Sony Toyota Boeing"
)
RIVALS = {
    "Democrat": "Republican", "Democrats": "Republicans", "Democratic": "Republican", "Republican": "Democratic",
    "Republicans": "Democrats", "Labour": "Conservative", "Conservatives": "Liberals", "Senate": "House",
}  # fmt: skip
SURNAMES = vocabulary(
    """Anderson Bennett Carter Dawson Edwards Fischer Garcia Harrison Ibrahim Jensen Keller Larsen Mitchell Novak
    Okafor Petrov Quinn Ramirez Schneider Tanaka Underwood Varga Walker Yilmaz Zhang"""
)
GIVEN_NAMES = frozenset(
    vocabulary(
        """aaron abdullah adam ahmed alan albert alex alexander ali alice amanda amy ana andrea andrew andy angela ann
        anna anne anthony antonio barack barbara ben benjamin bernard bernie beth bill bob boris brad brandon brian
        bruce carl carlos carol caroline catherine charles charlie chris christian christina christine christopher
        claire cristiano dan daniel david dean deborah dennis diana don donald donna doug douglas ed edward elizabeth
        ellen emily emma emmanuel eric erik eva evan frank fred gary george gordon graham greg hannah harry hassan
        heather helen henry hillary hugh ian ibrahim irene ivan jack jacob james jamie jane jason jay jean jeff jennifer
        jeremy jerry jessica jill jim jimmy joan joe john jonathan jordan jose joseph josh juan judy julia julian julie
        justin karen karl kate katherine kathy keith kelly ken kenneth kevin kim kyle larry laura lauren lee leo lewis
        linda lionel lisa liz louis luis luke margaret maria marie mario mark martin mary matt matthew max megan melissa
        michael michelle miguel mike mitch mitt mohamed mohammad mohammed nancy narendra natalie nathan neil nicholas
        nick nicola nicolas olivia oscar pat patricia patrick paul paula pedro peter phil philip rachel ralph randy ray
        rebecca richard rick rob robert robin roger ron ronald rosa roy russell ryan sally sam samantha samuel sandra
        sara sarah scott sean sergei simon sophie stephanie stephen steve steven stuart sue susan tim thomas tina todd
        tom tommy tony theresa tracy tyler victor victoria vincent vladimir volodymyr walter wayne wendy william xi"""
    )
)
PERSON_TITLES = frozenset(
    vocabulary(
        """mr mrs ms miss dr sir lord lady president senator sen rep gov governor mayor judge justice professor
        chancellor premier minister secretary captain general king queen prince princess sheriff detective coach actor
        actress singer congressman congresswoman spokesman spokeswoman officer ambassador striker midfielder"""
    )
)
BODY_WORDS = frozenset(
    vocabulary(
        """university college party bank ministry department court agency commission inc corp company association club
        group council committee institute union times post news press police force army house street hospital school
        center centre league cup united city act bill airlines airport church foundation service services office
        committee bureau station tower award prize"""
    )
)
