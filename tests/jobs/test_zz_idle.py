import sys, os, time
from pathlib import Path
from sqlalchemy import text
from jobs.conftest import *
from selaras.audit.service import record
from selaras.audit.service import seal
from selaras.audit.queries import verify
class A: reference="system"
def cpu(pid):
    f=Path(f"/proc/{pid}/stat").read_text().split(); return (int(f[13])+int(f[14]))/100
def backend_cpu(urls):
    with psycopg.connect(urls.admin) as c:
        pids=[r[0] for r in c.execute("select pid from pg_stat_activity where datname=current_database() and usename='selaras_app'")]
    return sum(cpu(p) for p in pids)
def test_idle(post, database, console_database, urls, tenant):
    with console_database.platform() as s:
        s.execute(text("INSERT INTO selaras.agency (slug,name,short_name,kind,time_zone,status) SELECT 'z'||n,'z','z','agency','Asia/Jakarta','active' FROM generate_series(1,643) n"))
    ids=[]
    with database.platform() as s:
        ids=list(s.execute(text("select tenant_id from selaras.agency")).scalars())
    for t in ids:
        with database.tenant(t) as s: record(s, A(), "x.y", "z:1", {})
    database.engine.dispose()
    d=post.dispatcher(); w=post.worker()
    time.sleep(65)
    c0,w0,b0=cpu(d.pid),cpu(w.pid),backend_cpu(urls); time.sleep(60)
    print("dispatcher cpu/s", (cpu(d.pid)-c0)/60, "worker", (cpu(w.pid)-w0)/60, "backends", (backend_cpu(urls)-b0)/60)
def test_seal(database, urls, tenant):
    with psycopg.connect(urls.admin) as c:
        c.execute("INSERT INTO selaras.ledger_entry (tenant_id, actor, action, subject, payload, payload_hash) SELECT %s, 'system', 'test.write', 'thing:' || n, jsonb_build_object('n', n), encode(sha256(convert_to(jsonb_build_object('n', n)::text, 'UTF8')), 'hex') FROM generate_series(1, 100000) n",(tenant.tenant_id,))
        c.commit(); c.autocommit=True; c.execute("analyze selaras.ledger_entry")
    for _ in range(2):
        t=time.time()
        with database.tenant(tenant.tenant_id) as s: n=seal(s)
        print("seal",n,time.time()-t)
    for _ in range(2):
        t=time.time()
        with database.tenant(tenant.tenant_id) as s: v=verify(s)
        print("verify",v,time.time()-t)
    t=time.time()
    for i in range(200):
        with database.tenant(tenant.tenant_id) as s: record(s, A(), "x.y", "z:1", {})
    print("record tx ms",(time.time()-t)*5)
    t=time.time()
    for i in range(200):
        with database.tenant(tenant.tenant_id) as s: s.execute(text("select 1"))
    print("empty tx ms",(time.time()-t)*5)
    import polars as pl
    from selaras.audit.service import frame_hash
    f=pl.DataFrame({"a":range(100000),"b":["x"*30]*100000,"c":[1.5]*100000,"d":[[1.0,2.0,3.0]]*100000})
    t=time.time(); frame_hash(f); print("frame_hash",time.time()-t)
    with psycopg.connect(urls.admin) as c:
        print(c.execute("select pg_total_relation_size('selaras.ledger_entry')/100000.0").fetchone())
