import json
from collections.abc import Sequence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from tests.contract.test_access import operations, ids_of
from tests.contract.test_conventions import *  # noqa
from tests.contract.conftest import *  # noqa
ODD = ["\0","\ud800","a\0b","\udfffx","9"*5000,"-1","0","1e999","NaN","[[[","%00","'","\u202e","2026-02-30","0000-01-01","9999-12-31","+33","=1","Ａ", "x"*3000, "Europe/Paris\0", "fr\0","é"*300]
text = st.sampled_from(ODD)|st.text(st.characters(exclude_categories=()), max_size=30)
nested = st.just(__import__("functools").reduce(lambda a,_: [a], range(400), 1)) | st.just(__import__("functools").reduce(lambda a,_: {"a":a}, range(400), 1))
anything2 = st.recursive(st.none()|st.booleans()|st.integers()|st.sampled_from([2**31,2**63,2**64,-2**63-1,10**400,1e308,float("inf"),float("nan")])|text|nested, lambda i: st.lists(i,max_size=4)|st.dictionaries(text,i,max_size=3), max_leaves=8)
def odd2(e):
    match e:
        case dict():
            return st.fixed_dictionaries({}, optional={k:odd2(v) for k,v in e.items()}).flatmap(lambda d: st.dictionaries(text, anything2, max_size=1).map(lambda x: d|x)) | st.fixed_dictionaries({k: st.just(v)|odd2(v) if False else st.one_of(st.just(v),st.just(v),odd2(v)) for k,v in e.items()})
        case list():
            return st.lists(odd2(e[0]) if e else anything2, max_size=3)|anything2
        case _:
            return st.just(e)|anything2
@pytest.fixture
def ids(house): return ids_of(house)
import os
N=int(os.environ.get("N","600"))
@settings(max_examples=N, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)
@given(data=st.data())
def test_bodies(data, client, house, ids):
    ops=[o for o in operations(client) if "json" in o.body and not ("organisation" in o.path and False)]
    o=data.draw(st.sampled_from(ops))
    body=data.draw(odd2(o.body["json"]))
    a=house.admin.send(o.method.upper(), o.path.format(**ids), content=json.dumps(body), headers={"Content-Type":"application/json","Accept-Language":data.draw(st.sampled_from(["fr","en"])) })
    assert a.status_code<500,(o.method,o.path,a.text)
@settings(max_examples=N, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_queries_paths_headers(data, client, house, ids):
    paths=client.get("/openapi.json").json()["paths"]
    o=data.draw(st.sampled_from([o for o in operations(client) if o.method in("get","delete","post") and "json" not in o.body and "files" not in o.body]))
    from urllib.parse import quote
    part=text.map(lambda t: quote(t.encode(errors="surrogatepass"),safe=""))
    ids2={k: data.draw(st.one_of(st.just(v),st.just(v),part)) for k,v in ids.items()}
    op=paths[o.path][o.method]
    ps=[p["name"] for p in op.get("parameters",[]) if p["in"]=="query"]
    hs=[p["name"] for p in op.get("parameters",[]) if p["in"]=="header"]
    q="&".join(f"{quote(k)}={v}" for k,v in data.draw(st.dictionaries(st.sampled_from([*ps,"x"]),part,max_size=3)).items())
    h=data.draw(st.dictionaries(st.sampled_from([*hs,"Accept","Accept-Language","X-Request-Id","traceparent"]),st.text(st.characters(min_codepoint=32,max_codepoint=255),max_size=20).map(lambda s:s.strip().encode("latin-1")),max_size=3))
    if o.method=="delete" and "import" not in o.path: return
    a=house.admin.send(o.method.upper(), o.path.format(**ids2)+"?"+q, headers={k:v for k,v in h.items()})
    assert a.status_code<500 or a.json()["type"]=="/problems/not-yet",(o.method,o.path,q,a.text)
@settings(max_examples=N//2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_forms(data, client, house, ids):
    t=text.map(lambda s:s.encode(errors="surrogatepass"))
    fields={k:data.draw(st.one_of(st.just(v),t)) for k,v in {"property_id":house.port.encode(),"language":b"fr","departure":b"2026-11-21"}.items()}
    name=data.draw(st.sampled_from(["l.csv","","\0.csv","é"*300,"../x"]))
    content=data.draw(st.one_of(st.just(b"Nom;E-mail\r\nA;a@b.fr\r\n"), st.binary(max_size=60), text.map(lambda s: ("Nom;E-mail;"+s+"\nA\0;a@b.fr;"+s+"\n").encode(errors="surrogatepass"))))
    a=house.admin.post("/v1/imports",files={"file":(name,content)},data={k:v for k,v in fields.items()})
    assert a.status_code<500,(fields,name,content,a.text)
    if a.status_code==201:
        d=a.json(); p="/v1/imports/"+d["id"]
        ch={"cells":{h: data.draw(text) for h in d["headers"]}}
        b=house.admin.send("PATCH",p+"/rows/2",content=json.dumps(ch),headers={"Content-Type":"application/json"})
        assert b.status_code<500,(ch,b.text)
        m=data.draw(st.dictionaries(st.sampled_from(d["headers"] or ["x"])|text, text|st.sampled_from(["last_name","email"]),max_size=3))
        c=house.admin.send("PATCH",p,content=json.dumps({"mapping":m,**data.draw(st.dictionaries(st.sampled_from(["encoding","delimiter","sheet","language","departure","date_order"]),text,max_size=2))}),headers={"Content-Type":"application/json"})
        assert c.status_code<500,(m,c.text)
        for s in ("/rows","/rows?format=xlsx","/rejected?format=xlsx","/rejected"):
            x=house.admin.get(p+s); assert x.status_code<500,(s,x.text)
