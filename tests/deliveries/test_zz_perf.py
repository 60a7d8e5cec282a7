import time
def test_perf(people):
    from tests.deliveries import given
    from enduse.deliveries.files import read_manifest
    import io
    n=18709
    rows="\n".join(["make,model,type,calibre,serial,year,country"]+[f"Colt,M4,rifle_assault,5.56,W{k:06d},2008,US" for k in range(n)]).encode()
    lic=given.licence(people,n)
    t=time.perf_counter(); m=read_manifest(io.BytesIO(rows)); t1=time.perf_counter()
    c=given.declared(people,lic,m); t2=time.perf_counter()
    from enduse.deliveries.actions import ship, receive
    ship(c,by=people.exporter); t3=time.perf_counter()
    receive(c,by=people.custodian); t4=time.perf_counter()
    print("PERF read",t1-t,"declare",t2-t1,"ship",t3-t2,"receive",t4-t3)
