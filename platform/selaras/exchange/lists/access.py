"""Lists of access and traces: accounts, roles, delegations, imports, the ledger."""

from __future__ import annotations

from selaras.exchange.layouts import Kind
from selaras.exchange.lists.declaring import ListExport, day, moment, of_kind
from selaras.identity.permissions import Permission

_ROLE = """CASE g.role WHEN 'performance_manager' THEN 'pengelola kinerja'
    WHEN 'authorised_official' THEN 'pejabat yang berwenang'
    WHEN 'appointing_official' THEN 'pejabat pembina kepegawaian' WHEN 'auditor' THEN 'auditor internal'
    WHEN 'agency_admin' THEN 'admin instansi' ELSE g.role END"""
_ACCOUNTS = f"""
    SELECT NULL, a.subject, a.name, (SELECT mail ->> 'value' FROM jsonb_array_elements(a.emails) mail LIMIT 1),
           (SELECT string_agg(DISTINCT {_ROLE}, '; ') FROM selaras.role_grant g WHERE g.tenant_id = %(tenant)s
            AND g.account_id = a.id AND g.origin = 'import' AND g.revoked_at IS NULL AND g.during @> %(day)s::date),
           CASE WHEN a.active THEN 'aktif' ELSE 'nonaktif' END
    FROM selaras.account a
    WHERE a.tenant_id = %(tenant)s AND a.deleted_at IS NULL AND (%(units)s::uuid[] IS NULL OR false)
    ORDER BY a.subject_key
"""  # noqa: S608  # our own text
_ROLES = f"""
    SELECT NULL, a.subject, a.name, g.role, g.reach, u.name, {day("lower(g.during)")}, {day("upper(g.during) - 1")},
           g.origin, giver.name, {moment("g.granted_at")}, {moment("g.revoked_at")}
    FROM selaras.role_grant g
    JOIN selaras.account a ON a.tenant_id = %(tenant)s AND a.id = g.account_id
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = g.unit_id
    LEFT JOIN selaras.account giver ON giver.tenant_id = %(tenant)s AND giver.id = g.granted_by
    WHERE g.tenant_id = %(tenant)s AND (%(units)s::uuid[] IS NULL OR false) ORDER BY a.subject_key, g.granted_at, g.id
"""  # noqa: S608  # our own text
_DELEGATIONS = f"""
    SELECT NULL, d.kind, delegate.name, principal.name, u.name, d.basis, {day("lower(d.during)")},
           {day("upper(d.during) - 1")}, {moment("d.granted_at")}, {moment("d.revoked_at")}
    FROM selaras.delegation d
    JOIN selaras.person delegate ON delegate.tenant_id = %(tenant)s AND delegate.id = d.delegate_id
    LEFT JOIN selaras.person principal ON principal.tenant_id = %(tenant)s AND principal.id = d.principal_id
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = d.unit_id
    WHERE d.tenant_id = %(tenant)s AND (%(units)s::uuid[] IS NULL OR false) ORDER BY d.granted_at, d.id
"""  # noqa: S608  # our own text
_IMPORTS = f"""
    SELECT NULL, {moment("b.created_at")}, b.kind, b.file_name, b.sha256, b.state, b.rows, a.name
    FROM selaras.import_batch b
    LEFT JOIN selaras.account a ON a.tenant_id = %(tenant)s AND a.id = b.account_id
    WHERE b.tenant_id = %(tenant)s AND b.kind <> 'accounts' AND (%(units)s::uuid[] IS NULL OR false)
    ORDER BY b.created_at, b.id
"""  # noqa: S608  # our own text
_LEDGER = f"""
    SELECT NULL, {moment("e.at")}, e.actor, e.action, e.subject, e.payload::text, e.payload_hash
    FROM selaras.ledger_entry e WHERE e.tenant_id = %(tenant)s AND (%(units)s::uuid[] IS NULL OR false)
    ORDER BY e.at, e.id
"""  # noqa: S608  # our own text

ACCESS: tuple[ListExport, ...] = (
    of_kind(
        Kind.ACCOUNTS, Permission.MANAGE_ACCOUNTS, _ACCOUNTS, "subject", "name", "email", "roles", "state", whole=True,
    ),
    ListExport(
        "roles", Permission.SEE_ACCESS,
        ("NAMA PENGGUNA", "NAMA", "PERAN", "JANGKAUAN", "UNIT", "MULAI", "SELESAI", "ASAL", "DIBERIKAN OLEH",
         "DIBERIKAN (UTC)", "DICABUT (UTC)"), _ROLES, whole=True,
    ),
    ListExport(
        "delegations", Permission.SEE_ACCESS,
        ("JENIS", "PENERIMA", "PEMBERI", "UNIT", "DASAR", "MULAI", "SELESAI", "DIBERIKAN (UTC)", "DICABUT (UTC)"),
        _DELEGATIONS, whole=True,
    ),
    ListExport(
        "imports", Permission.IMPORT,
        ("WAKTU (UTC)", "JENIS", "BERKAS", "SIDIK BERKAS", "KEADAAN", "BARIS", "OLEH"), _IMPORTS, whole=True,
    ),
    ListExport(
        "ledger", Permission.SEE_LEDGER,
        ("WAKTU (UTC)", "PELAKU", "TINDAKAN", "PERIHAL", "ISI", "SIDIK ISI"), _LEDGER, whole=True,
    ),
)  # fmt: skip
