"""The walls in the database's catalogue: what is missing in them."""

import asyncpg

_ROLES = ("fleetpost_app", "fleetpost_fleet")

_UNWALLED = """
select c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as walled from pg_class c
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
  and (c.relname in ('tenants', 'users') or exists
    (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('tenant_id', 'user_id')
     and not a.attisdropped))
"""
_RIGHTS = """
select c.oid::regclass::text as name, r.rolname as role, c.relrowsecurity as walled, c.relispartition as partition,
  array(select pg_get_expr(p.polqual, p.polrelid) from pg_policy p
        where p.polrelid = c.oid and r.oid = any (p.polroles)) as uses,
  exists (select from pg_policy p where p.polrelid = c.oid and 0 = any (p.polroles)) as for_all,
  has_table_privilege(r.oid, c.oid, 'insert') or has_table_privilege(r.oid, c.oid, 'update')
    or has_table_privilege(r.oid, c.oid, 'delete') as writes,
  has_table_privilege(r.oid, c.oid, 'truncate') as truncates
from pg_class c cross join pg_roles r
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and r.rolname = any ($1)
  and (has_any_column_privilege(r.oid, c.oid, 'select, insert, update')
    or has_table_privilege(r.oid, c.oid, 'delete, truncate'))
"""
_DEFINERS = """
select p.oid::regprocedure::text as name, o.rolname as owner, coalesce(p.proconfig::text, '') as config,
  coalesce(p.proacl::text, '{=X}') ~ '[{,]=[^,}]*X' as open_to_all,
  has_function_privilege('fleetpost_app', p.oid, 'execute') as for_tenants
from pg_proc p join pg_roles o on o.oid = p.proowner
where p.prosecdef and p.pronamespace = 'public'::regnamespace
"""

EVERYBODYS: frozenset[str] = frozenset()
"""Tables without a wall that the application role may read all the same: nothing in them is anybody's own."""


async def faults(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """List what is wrong with the walls, each as a sentence."""
    return [*await _unwalled(connection), *await _rights(connection), *await _definers(connection)]


async def _unwalled(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    rows = await connection.fetch(_UNWALLED)
    return [
        f"{row['name']}: row-level security is not forced; add `call wall_off('{row['name']}')` to its migration"
        for row in rows
        if not row["walled"]
    ]


async def _rights(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    found = []
    for row in await connection.fetch(_RIGHTS, _ROLES):
        name, role, uses = row["name"], row["role"], [use for use in row["uses"] if use is not None]
        if row["partition"]:
            found.append(f"{name}: {role} has rights on a partition, which pass by the parent's policies; revoke them")
        if row["truncates"]:
            found.append(f"{name}: {role} may truncate, which no policy hinders")
        if row["for_all"]:
            found.append(f"{name}: a policy is for public; name the role")
        if row["walled"] and not uses and not row["uses"]:
            found.append(f"{name}: {role} has rights and no policy, so it sees nothing; add one or revoke")
        if role == "fleetpost_app":
            found += _open(name, uses, walled=row["walled"], writes=row["writes"])
    return found


def _open(name: str, uses: list[str], *, walled: bool, writes: bool) -> list[str]:
    if not walled and name not in EVERYBODYS:
        return [f"{name}: the application role has rights and there is no wall; add one, or the name to EVERYBODYS"]
    bound = ("app_tenant()", "app_user()")
    return [
        f"{name}: a policy of the application role asks for no tenant: {use}"
        for use in uses
        if not any(word in use for word in bound)
    ]


async def _definers(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    found = []
    for row in await connection.fetch(_DEFINERS):
        if "search_path=public, pg_temp" not in row["config"]:
            found.append(f"{row['name']}: set search_path = public, pg_temp")
        if row["open_to_all"]:
            found.append(f"{row['name']}: revoke execute from public")
        if row["owner"] != "fleetpost_fleet" and row["for_tenants"]:
            found.append(f"{row['name']}: alter function … owner to fleetpost_fleet")
    return found
