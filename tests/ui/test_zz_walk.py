import re, csv, io
import pytest
from tests.ui.launched import environment, launched

@pytest.mark.browser
def test_walk(tmp_path, browser):
    out = "/tmp/clinshots/"
    import os; os.makedirs(out, exist_ok=True)
    lines = ["Patient ID;Sex;Edad;Fecha dx;Fecha de tratamiento;Estadio;Histologia;PSA;Nombre;Alergia;T;N;Recidiva"]
    for i in range(40):
        lines.append(f"P{i//2:03d};{i%2+1};{60+i%20};{i%12+1:02d}/{i%12+1:02d}/2020;{i%27+1:02d}/03/2021;{'IIA' if i%3 else 'IV'};Adenocarcinoma;{i},5;Ana García;no;T{i%4+1};N0;{'si' if i%2 else 'no'}")
    lines[5] = lines[5].replace("IIA", "XV").replace("IV", "XV")
    file = tmp_path / "pacientes.csv"
    file.write_text("\n".join(lines), encoding="cp1252")
    n = [0]
    with launched(env=environment(tmp_path)) as app:
        page = browser.page
        page.set_viewport_size({"width": 1280, "height": 720})
        browser.open(app.address)
        browser.open(app.url("10_clinical_data"))
        def shot(name, full=True):
            n[0] += 1
            page.screenshot(path=f"{out}{n[0]:02d}-{name}.png", full_page=full)
        def press(name):
            b = page.get_by_role("button", name=re.compile(name)).first
            b.focus(); b.press("Enter"); page.wait_for_timeout(900)
        shot("start")
        f = page.get_by_label(re.compile("^Clinical table")); f.fill(str(file)); f.press("Tab")
        page.get_by_label("What the receiver asks for").select_option(label="Prostate cancer".replace(" ", "\u00a0")) if False else None
        press("^Read the table")
        page.get_by_text(re.compile("Read 40 rows")).wait_for(timeout=60000)
        shot("columns")
        press("^. 2. Columns")
        press("^. 3. Patients"); shot("patients"); press("^. 3. Patients")
        press("^. 4. Check"); press("^Check the table"); page.wait_for_timeout(3000); shot("check")
        press("Preview of the result"); shot("preview")
        press("^. 4. Check")
        press("^. 5. Export"); press("Kinds of export"); shot("export")
        press("^Write the exports"); page.wait_for_timeout(6000); shot("written")
