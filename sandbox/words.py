"""The words of titles, artists and companies in the generated catalogue."""


def _words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _words(
    """
    Ada Amara Anouk Beatriz Bexley Caspian Chidi Cleo Dario Demi Elif Elio Ezra Femi Freya Gaia Hana
    Idris Imani Ines Jonah Juno Kaito Keziah Lior Luca Mabel Malik Maren Mateo Mina Nadia Nico Noor
    Odette Oren Petra Priya Quill Rafael Remy Rosa Sanna Soren Tala Tomas Uma Vera Wilder Xiomara
    Yara Yuki Zadie Zuri
    """
)

LAST_NAMES = _words(
    """
    Abara Bellweather Castellan Dahlgren Eastmoor Fontaine Gallardo Hollis Ishikawa Jansdotter Kowal
    Lindqvist Marlowe Nwosu Okafor Pemberly Quintero Rao Saint-Clair Tavares Underhill Valente
    Whitlock Yilmaz Zamora
    """
)

ADJECTIVES = _words(
    """
    Amber Bitter Blue Borrowed Broken Careless Electric Empty Endless Faded Foreign Gentle Golden
    Hollow Honest Hungry Jealous Lonely Lucky Midnight Neon Ordinary Pale Paper Quiet Reckless
    Restless Rotten Sacred Salt Secondhand Silver Sleepless Slow Stolen Strange Sudden Tender Velvet
    Violet Wild Winter
    """
)

NOUNS = _words(
    """
    Alibi Anthem Arcade Avenue Balcony Ballroom Bruise Cathedral Chandelier Cinema Comet Confetti
    Daylight Delusion Driver Echo Elevator Fever Fiction Garden Gasoline Ghost Gravity Habit Harbour
    Headlights Heartbeat Horizon Hotel Hurricane Kingdom Lantern Letter Lightning Lullaby Mercury
    Mirror Motel Ocean Orchid Parade Passenger Perfume Planet Polaroid Promise Radio Rain Satellite
    Season Shadow Signal Skyline Stranger Sugar Summer Sunday Telephone Tiger Tomorrow Traffic
    Vertigo Voltage Weekend Window
    """
)

VERBS = _words(
    """
    Breathe Call Carry Chase Dance Dream Drive Fall Follow Forget Hide Hold Leave Miss Remember Run
    Save Stay Wait Wake
    """
)

PLACES = (
    "in Lisbon", "on the Roof", "till Monday", "after Dark", "for Nothing", "by the Water", "without You",
    "in Slow Motion", "like a Stranger", "at the Border", "out of Season", "under Glass",
)  # fmt: skip

TAGS = ("Acoustic", "Live", "Remix", "Interlude", "Sped Up")

# Name and parent company, as the API's `labels` give them.
LABELS = (
    ("Paper Lantern", "Independent"),
    ("Northgate", "Universal"),
    ("Low Tide Records", "Independent"),
    ("Halcyon", "Sony"),
    ("Second Floor Music", "Warner"),
    ("Meridian Sound", "Universal"),
    ("Tin Roof", "Independent"),
    ("Aurora Park", "Sony"),
    ("Copperline", "Warner"),
    ("Bluebird Lane", "Independent"),
)

DISTRIBUTORS = {
    "Universal": ("Universal",),
    "Sony": ("Sony",),
    "Warner": ("Warner",),
    "Independent": ("Openwater Distribution", "Kite Digital", "Self released"),
}

# The root of a genre and its subgenres.
GENRES = {
    "pop": ("dance pop", "indie pop", "bedroom pop", "k-pop"),
    "hip-hop/rap": ("trap", "drill", "boom bap"),
    "electronic": ("house", "techno", "drum & bass", "ambient"),
    "r&b": ("contemporary r&b", "neo soul"),
    "rock": ("indie rock", "pop punk", "shoegaze"),
    "latin": ("reggaeton", "latin pop", "bachata"),
    "african": ("afrobeats", "amapiano"),
    "alternative": ("alternative", "art pop"),
    "country": ("country pop", "americana"),
}

# ISO code and name, as the API's `isrc` object gives them.
COUNTRIES = {
    "US": "United States",
    "GB": "United Kingdom",
    "SE": "Sweden",
    "KR": "South Korea",
    "NG": "Nigeria",
    "BR": "Brazil",
    "FR": "France",
    "JP": "Japan",
    "ES": "Spain",
    "DE": "Germany",
}

LANGUAGES = ("en", "en", "en", "es", "fr", "ko", "ja", "pt", "")
