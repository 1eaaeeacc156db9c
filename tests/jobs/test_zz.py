import time
from jobs.conftest import *
from jobs.test_fairness import flood, started
from jobs.test_losses import runs
def test_b(post, database, two_tenants):
    a,b=two_tenants
    post.dispatcher(4); post.worker(); post.worker()
    flood(database,a,1000)
    until(lambda: len(started(database,a)), lambda c:c>20)
    out=[]
    for _ in range(10):
        d=post.ended(b, post.send(b,"quick"),10)
        out.append((sum(d.created_at<t<d.started_at for t in started(database,a)), round((d.started_at-d.created_at).total_seconds(),3)))
    print("BETWEEN", out)
def test_k(post, tenant, tmp_path):
    post.dispatcher(4); out=[]
    ws={}
    for n in range(4):
        while len(ws)<2:
            w=post.worker(); ws[w.pid]=w
        log=tmp_path/f"l{n}"
        s=post.send(tenant,"steps",log=str(log),at=0,of=100)
        until(lambda: post.job(tenant,s), lambda o:o.done>0)
        t=time.time(); ws.pop(runs(log)[0][1]).kill()
        again=until(lambda: runs(log), lambda f: len(f)>1)[1]
        out.append(round(again[2]-t,1))
        post.ended(tenant,s,60)
    print("KILL", out)
