"""What an agency enters to be connected: addresses, keys, an operator, and codes that are not public."""

from __future__ import annotations

from selaras.exchange.national.border import Field

_BKN = "https://apimws.bkn.go.id"
_SSO = "https://sso-siasn.bkn.go.id/auth/realms/public-siasn/protocol/openid-connect/token"

FIELDS = (
    Field(
        "api_url",
        {"id": "Alamat layanan", "en": "Address of the service"},
        {"id": "Atau alamat gerbang instansi sendiri, bila BKN hanya menerima alamat IP instansi.",
         "en": "Or of the agency's own gateway, where BKN admits only the agency's IP address."},
        address=True, default=f"{_BKN}:8243/apisiasn/1.0",
    ),
    Field(
        "token_url",
        {"id": "Alamat token gerbang", "en": "Address of the gateway's token"},
        {"id": "", "en": ""}, address=True, default=f"{_BKN}/oauth2/token",
    ),
    Field(
        "sign_in_url",
        {"id": "Alamat token operator (SSO)", "en": "Address of the operator's token (SSO)"},
        {"id": "", "en": ""}, address=True, default=_SSO,
    ),
    Field(
        "consumer_key",
        {"id": "Consumer key", "en": "Consumer key"}, {"id": "Diberikan BKN.", "en": "Given by BKN."},
    ),
    Field(
        "consumer_secret",
        {"id": "Consumer secret", "en": "Consumer secret"}, {"id": "", "en": ""}, secret=True,
    ),
    Field(
        "operator",
        {"id": "NIP operator", "en": "NIP of the operator"},
        {"id": "Pemilik token; datanya dibaca saat uji sambungan.",
         "en": "Whose token it is; their own record is read by the trial."},
    ),
    Field(
        "operator_token",
        {"id": "Token operator", "en": "The operator's token"},
        {"id": "Berlaku paling lama 12 jam. Bila habis, pengiriman menunggu, tidak ada yang hilang.",
         "en": "Holds for 12 hours at most. When it ends, sending waits and nothing is lost."},
        secret=True, required=False,
    ),
    Field(
        "client_id",
        {"id": "Client ID instansi", "en": "Client id of the agency"},
        {"id": "Hanya bila BKN memberi akses dengan kata sandi.", "en": "Only where BKN grants access by password."},
        required=False,
    ),
    Field(
        "operator_password",
        {"id": "Kata sandi operator", "en": "The operator's password"},
        {"id": "Hanya bila BKN memberi akses dengan kata sandi.", "en": "Only where BKN grants access by password."},
        secret=True, required=False,
    ),
    Field(
        "ranks",
        {"id": "Kode golongan PPPK", "en": "Codes of PPPK ranks"},
        {"id": "Satu baris satu golongan, misalnya: IX = …. Kodenya ada pada referensi golongan SIASN.",
         "en": "A line a rank, such as: IX = …. The codes stand in SIASN's reference of ranks."},
        required=False,
    ),
    Field(
        "coefficients",
        {"id": "Kode koefisien angka kredit", "en": "Codes of credit coefficients"},
        {"id": "Satu baris satu jenjang dan predikat, misalnya: muda sangat_baik = …. Yang diketahui umum hanya Baik.",
         "en": "A line a level and outcome, such as: muda sangat_baik = …. Only those for “baik” are public."},
        required=False,
    ),
)  # fmt: skip
