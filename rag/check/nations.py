"""Names that stand for one another: countries and their people, capitals as governments, well-known short forms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# country, its other names and people; after the colon what stands for its government.
_COUNTRIES = """
Afghanistan Afghan Afghans: Kabul; Albania Albanian: Tirana; Algeria Algerian: Algiers; Argentina Argentine
Argentinian:; Armenia Armenian: Yerevan; Australia Australian Aussie: Canberra; Austria Austrian: Vienna; Azerbaijan
Azerbaijani Azeri: Baku; Bahrain Bahraini: Manama; Bangladesh Bangladeshi: Dhaka; Belarus Belarusian: Minsk; Belgium
Belgian:; Bolivia Bolivian:; Bosnia Bosnian: Sarajevo; Brazil Brazilian: Brasilia; UK Britain British Briton Britons
United_Kingdom Great_Britain: London Westminster; Bulgaria Bulgarian: Sofia; Burma Burmese Myanmar:; Cambodia
Cambodian:; Cameroon Cameroonian:; Canada Canadian: Ottawa; Chad Chadian:; Chile Chilean: Santiago; China Chinese:
Beijing; Colombia Colombian: Bogota; Congo Congolese: Kinshasa; Croatia Croatian Croat: Zagreb; Cuba Cuban: Havana;
Cyprus Cypriot: Nicosia; Czechia Czech Czech_Republic: Prague; Denmark Danish Dane: Copenhagen; Ecuador Ecuadorian:
Quito; Egypt Egyptian: Cairo; England English:; Eritrea Eritrean:; Estonia Estonian: Tallinn; Ethiopia Ethiopian:; EU
European_Union: Brussels; Europe European:; Finland Finnish Finn: Helsinki; France French Frenchman: Paris; Georgia
Georgian: Tbilisi; Germany German: Berlin; Ghana Ghanaian: Accra; Greece Greek: Athens; Haiti Haitian:; Hungary
Hungarian: Budapest; Iceland Icelandic Icelander:; India Indian: Delhi New_Delhi; Indonesia Indonesian: Jakarta; Iran
Iranian: Tehran; Iraq Iraqi: Baghdad; Ireland Irish: Dublin; Israel Israeli:; Italy Italian: Rome; Jamaica Jamaican:;
Japan Japanese: Tokyo; Jordan Jordanian: Amman; Kazakhstan Kazakh: Astana; Kenya Kenyan: Nairobi; Korea Korean:;
Kosovo Kosovan Kosovar: Pristina; Kuwait Kuwaiti:; Kyrgyzstan Kyrgyz:; Laos Laotian:; Latvia Latvian: Riga; Lebanon
Lebanese: Beirut; Libya Libyan: Tripoli; Lithuania Lithuanian: Vilnius; Malaysia Malaysian:; Mali Malian: Bamako;
Mexico Mexican:; Moldova Moldovan:; Mongolia Mongolian:; Morocco Moroccan: Rabat; Mozambique Mozambican:; Nepal Nepali
Nepalese: Kathmandu; Netherlands Dutch Holland:; New_Zealand New_Zealander: Wellington; Niger Nigerien:; Nigeria
Nigerian: Abuja; North_Korea North_Korean DPRK: Pyongyang; Norway Norwegian: Oslo; Oman Omani: Muscat; Pakistan
Pakistani: Islamabad; Palestine Palestinian:; Peru Peruvian: Lima; Philippines Filipino Philippine: Manila; Poland
Polish Pole: Warsaw; Portugal Portuguese: Lisbon; Qatar Qatari: Doha; Romania Romanian: Bucharest; Russia Russian
Russian_Federation: Moscow Kremlin; Rwanda Rwandan: Kigali; Saudi Saudi_Arabia Saudi_Arabian: Riyadh; Scotland
Scottish Scots Scot:; Senegal Senegalese:; Serbia Serbian Serb: Belgrade; Singapore Singaporean:; Slovakia Slovak:
Bratislava; Slovenia Slovenian Slovene:; Somalia Somali: Mogadishu; South_Africa South_African: Pretoria; South_Korea
South_Korean: Seoul; South_Sudan South_Sudanese: Juba; Soviet Soviet_Union USSR:; Spain Spanish Spaniard: Madrid;
Sri_Lanka Sri_Lankan: Colombo; Sudan Sudanese: Khartoum; Sweden Swedish Swede: Stockholm; Switzerland Swiss: Bern;
Syria Syrian: Damascus; Taiwan Taiwanese: Taipei; Tajikistan Tajik:; Tanzania Tanzanian:; Thailand Thai: Bangkok;
Tunisia Tunisian: Tunis; Turkey Turkish Turk Turkiye: Ankara; Uganda Ugandan: Kampala; Ukraine Ukrainian:; UAE Emirati
Emirates United_Arab_Emirates: Abu_Dhabi; Uruguay Uruguayan:; US USA America American United_States
United_States_Of_America: Washington White_House; Uzbekistan Uzbek: Tashkent; Vatican Holy_See:; Venezuela Venezuelan:
Caracas; Vietnam Vietnamese: Hanoi; Wales Welsh: Cardiff; Yemen Yemeni: Sanaa; Zambia Zambian:; Zimbabwe Zimbabwean:
Harare; Africa African:; Asia Asian:; Arab Arabs Arabia Arabian:; ISIS ISIL Daesh Islamic_State
Islamic_State_Of_Iraq_And_Syria Islamic_State_Of_Iraq_And_The_Levant:; UN United_Nations:; NATO
North_Atlantic_Treaty_Organization North_Atlantic_Treaty_Organisation:; WHO World_Health_Organization
World_Health_Organisation:; IMF International_Monetary_Fund:; Kyiv Kiev:; Covid Coronavirus Covid-19:;
"""


def _read() -> tuple[dict[tuple[str, ...], str], dict[tuple[str, ...], str]]:
    forms: dict[tuple[str, ...], str] = {}
    governments: dict[tuple[str, ...], str] = {}
    for entry in _COUNTRIES.replace("\n", " ").split(";"):
        names, _, seats = entry.partition(":")
        split = [tuple(name.lower().replace("-", "_").split("_")) for name in names.split()]
        for words in split:
            forms[words] = " ".join(split[0])
            if not words[-1].endswith(("s", "sh", "ch")):
                forms[(*words[:-1], words[-1] + "s")] = " ".join(split[0])
        for seat in seats.split():
            governments[tuple(seat.lower().split("_"))] = " ".join(split[0])
    return forms, governments


_forms, _governments = _read()

NATIONS: Mapping[tuple[str, ...], str] = MappingProxyType(_forms)
"""Folded words of a name to the key that its variants share: ``("turkish",)`` to ``turkey``."""

GOVERNMENTS: Mapping[tuple[str, ...], str] = MappingProxyType(_governments)
"""Capitals and seats to the key of the country they speak for. "Moscow said" supports "Russia", not the reverse."""
