"""Makers, calibres and types of firearm with the names and codes they go by: facts restated compactly.

Sources: maker codes are those of the US NCIC as listed in NIEM 2.0; names, countries and aliases are general knowledge;
calibre groups say which names are one for search (a case and a bullet that fit), own judgement. A fuller table can be
given as a folder to `attributes.load`.
"""

from __future__ import annotations

MAKES = """
smith_wesson: Smith & Wesson | S&W | Smith and Wesson | Smith y Wesson | SW
colt: Colt's Manufacturing | Colt | Colt's | Colt Defense | CLT
ruger: Sturm, Ruger & Co. | Ruger | Sturm Ruger | SR
remington: Remington Arms | Remington | UMC | REM
winchester: Winchester | Winchester Repeating Arms | Olin | WIN
mossberg: O.F. Mossberg & Sons | Mossberg | MOS
marlin: Marlin Firearms | Marlin | MAR
savage: Savage Arms | Savage | Stevens | SAV
browning: Browning | Browning Arms | American Browning | BRO
armalite: ArmaLite | Armalite | AAL
bushmaster: Bushmaster | Bushmaster Firearms | BHT
dpms: DPMS | Panther Arms | Defense Procurement Manufacturing Services | DPM
rock_river: Rock River Arms | RRA
dsa: DSA Inc. | DS Arms | DSA
cmmg: CMMG | CMM
saco_defense: Saco Defense | Saco | SD
century: Century Arms | Century International Arms | CAI | CIA
kel_tec: Kel-Tec CNC | KelTec | KTC
hi_point: Hi-Point | Beemiller | HIH
kahr: Kahr Arms | Kahr | KHR
kimber: Kimber | KIE
charter: Charter Arms | CAC
lorcin: Lorcin Engineering | Lorcin | LCN
raven: Raven Arms | RAV
bryco: Bryco Arms | BRY
jennings: Jennings Firearms | JEI
phoenix: Phoenix Arms | PHE
davis: Davis Industries | DAB
cobra: Cobra Enterprises | CBR
intratec: Intratec | TEC-9 | Interdynamic | INC
swd: SWD / Cobray | Cobray | SWD
mac: Military Armament Corp. | MAC | Ingram | MIX
rpb: RPB Industries | RPB
harrington: Harrington & Richardson | H&R | HR
nef: New England Firearms | NEF
high_standard: High Standard | HS
dan_wesson: Dan Wesson | WEO
amt: AMT (Arcadia Machine & Tool) | AMT
naa: North American Arms | NAA
masterpiece: MasterPiece Arms | MPA
magnum_research: Magnum Research | MGN
eaa: European American Armory | EAA | EAB
arsenal_inc: Arsenal Inc. (Las Vegas) | ANL
fnh_usa: FNH USA | FN America | FNH
fn_herstal: FN Herstal | Fabrique Nationale | FN | F.N. | Browning FN | FNB
glock: Glock | Glock Ges.m.b.H. | GLC
steyr: Steyr | Steyr Mannlicher | Steyr Arms | STE
heckler_koch: Heckler & Koch | H&K | HK | HEC
walther: Walther | Carl Walther | Manurhin Walther | WAL
mauser: Mauser | MAU
sauer: J.P. Sauer & Sohn | Sauer | SSS
sig: SIG / SIG Sauer | Sig | SIG-Sauer | SIGARMS | SIG
sphinx: Sphinx | ITM | SPX
beretta: Beretta | Pietro Beretta | P. Beretta | BER
benelli: Benelli Armi | Benelli | BNL
franchi: Franchi | FHQ
tanfoglio: Fratelli Tanfoglio | Tanfoglio | TFG
bernardelli: Bernardelli | BEN
cz: Česká zbrojovka | CZ | Ceska Zbrojovka | FOZ
brno: Zbrojovka Brno | Brno | ZB | BRZ
feg: FÉG | Feg | Fegyver | FEG
arcus: Arcus | AC
romarm: ROMARM / Cugir | Romarm | Cugir | WASR | RMC
zastava: Zastava Arms | Zavodi Crvena Zastava | Crvena Zastava | ZAS
izhevsk: Izhmash / Izhevsk | Izhmash | Baikal | Kalashnikov Concern | IZH
tula: Tula Arms Plant | Tula | TOZ | TUA
molot: Molot (Vyatskie Polyany) | Vepr | MLT
radom: Radom | FB Radom | Fabryka Broni | RAD
lucznik: Łucznik | Lucznik | LUZ
norinco: Norinco | China North Industries | NON
imi: Israel Military Industries | IMI | IWI | Uzi | Galil
bul: Bul Transmark | Bul | BTM
daewoo: Daewoo Precision | Daewoo | S&T | DWO
kirikkale: Kırıkkale (MKE) | MKE | MKEK | KIR
akkar: Akkar | AKK
maadi: Maadi | MDI
ishapore: Ishapore | ISH
indian_ordnance: Indian Ordnance Factories | IOF | INO
enfield: Royal Small Arms Factory Enfield | Enfield | RSAF | ENF
accuracy_intl: Accuracy International | AI | AIL
sterling_uk: Sterling (sub-machine guns) | Sterling Armament | STL
lithgow: Lithgow | LTG
diemaco: Diemaco / Colt Canada | Diemaco | DMO
valmet: Valmet | VAM
sako: Sako | SAK
tikka: Tikka | TKK
suomi: Suomi | SUO
husqvarna: Husqvarna | HUS
carl_gustaf: Carl Gustafs stads gevärsfaktori | FFV | Carl Gustav
madsen: Madsen | DISA | MAD
astra: Astra | Astra Unceta | AST
star: Star Bonifacio Echeverría | Star | STA
llama: Llama | Gabilondo | LLA
cetme: CETME | CET
manurhin: Manurhin | MHN
imbel: IMBEL | IMB
taurus: Taurus | Forjas Taurus | TAS
rossi: Amadeo Rossi | Rossi | AMR
ina: INA
bersa: Bersa | AEI
fabricaciones_militares: Fabricaciones Militares | FM | DGFM | Rosario | FBM
ballester: Hafdasa / Ballester-Molina | Ballester Molina | HIS
mendoza: Productos Mendoza | Mendoza | MDZ
fabrica_armas_mx: Fábrica de Armas, Ciudad de México | DGIM | FX | MFA
obregon: Obregón | Sistema Obregón | OBR
trejo: Trejo | TRJ
vektor: Vektor | VTR
barrett: Barrett Firearms | Barrett
springfield_armory: Springfield Armory Inc. | Springfield
indep_mil: INDEP | Indep
indumil: INDUMIL | Indumil | Córdova
famae: FAMAE | Famae
cavim: CAVIM | Cavim
sarsilmaz: Sarsılmaz | Sarsilmaz
canik: Canik | Samsun Yurt Savunma
sedena_fx: Fábricas de la SEDENA (FX-05) | FX-05 | Xiuhcóatl
iwi: Israel Weapon Industries | IWI
arsenal_bg: Arsenal AD | Kazanlak
privately_made: Privately made or no maker mark | PMF | ghost gun | sin marca
"""
"""One maker a line: code, then every name it goes by."""

CALIBRES = """
22lr: .22 Long Rifle | 22lr | .22 LR | 22 Long Rifle | 5.6x15R | 5,6x15 mm R
22wmr: .22 Winchester Magnum Rimfire | 22wmr | .22 WMR | .22 Magnum
22hornet: .22 Hornet | 22hornet | 5.6x35R
25acp: .25 ACP | 25acp | 6.35 mm Browning | 6.35x16SR | 6,35 mm | .25 Auto
32acp: .32 ACP | 32acp | 7.65 mm Browning | 7.65x17SR | 7,65 mm | .32 Auto
32swl: .32 S&W Long | 32swl | .32 Smith & Wesson Long | .32 Colt New Police
380acp: .380 ACP | 380acp | 9x17 | 9 mm Kurz | 9 mm Corto | 9 mm Short | 9 mm Browning Court | .380 Auto | .380
38spl: .38 Special | 38spl | .38 Spl | .38 S&W Special | 9x29R
38super: .38 Super | 38super | .38 Super Auto | 9x23SR | Súper .38 | .38 Súper
38sw: .38 S&W | 38sw | .38 Smith & Wesson | 9x20R
357mag: .357 Magnum | 357mag | .357 Mag | .357 S&W Magnum | 9x33R
9para: 9x19 mm Parabellum | 9para | 9 mm Luger | 9 mm NATO | 9 mm Para | 9x19 | 9 mm | 9 milímetros | 9mm P
9mak: 9x18 mm Makarov | 9mak | 9 mm Makarov | 9x18
9x21: 9x21 mm IMI | 9x21
9largo: 9x23 mm Largo | 9largo | 9 mm Largo | 9 mm Bergmann-Bayard
40sw: .40 S&W | 40sw | .40 Smith & Wesson | 10x22
10auto: 10 mm Auto | 10auto | 10x25
41mag: .41 Remington Magnum | 41mag | .41 Magnum
44mag: .44 Remington Magnum | 44mag | .44 Magnum | .44 Mag
44spl: .44 Special | 44spl | .44 S&W Special
45acp: .45 ACP | 45acp | .45 Auto | 11.43x23 | 11,43 mm
45colt: .45 Colt | 45colt | .45 Long Colt | .45 LC
50ae: .50 Action Express | 50ae | .50 AE
57x28: FN 5.7x28 mm | 57x28 | 5.7x28 | 5,7x28 | 5.7 mm | mata policías
46x30: 4.6x30 mm HK | 46x30 | 4.6x30
762tok: 7.62x25 mm Tokarev | 762tok | 7.62 Tokarev | 7.62x25 | 7.63x25 mm Mauser | 763mau | .30 Mauser
765para: 7.65x21 mm Parabellum | 765para | .30 Luger | 7.65 mm Luger
556: .223 Remington | 223rem | .223 | 5.56x45 mm NATO | 556nato | 5.56 | 5,56 | 5.56 mm
545x39: 5.45x39 mm | 545x39 | 5.45
762x39: 7.62x39 mm | 762x39 | 7.62 Soviet | 7.62x39 | 7,62x39 | M43 | cuerno de chivo
308: 7.62x51 mm NATO | 762nato | 7.62 NATO | 7,62x51 | 7.62x51 | .308 Winchester | 308win | .308 | .308 Win
762x54r: 7.62x54 mm R | 762x54r | 7.62x54R | 7.62 Russian
300blk: .300 AAC Blackout | 300blk | .300 BLK | 7.62x35
30carb: .30 Carbine | 30carb | .30 M1 Carbine | 7.62x33
3030: .30-30 Winchester | 3030 | .30-30 | 30-30 | .30 WCF
3006: .30-06 Springfield | 3006 | .30-06 | 30-06 | 7.62x63
300win: .300 Winchester Magnum | 300win | .300 Win Mag | .300 WM
303brit: .303 British | 303brit | 7.7x56R | .303
338lap: .338 Lapua Magnum | 338lap | 8.6x70 | .338 LM
338win: .338 Winchester Magnum | 338win | .338 Win Mag
408ct: .408 CheyTac | 408ct | .408
416bar: .416 Barrett | 416bar | 10.6x83
50bmg: .50 BMG | 50bmg | 12.7x99 mm | .50 Browning | .50 | 12,7x99 | 12.7 mm
127x108: 12.7x108 mm | 127x108 | 12.7 Soviet
145x114: 14.5x114 mm | 145x114 | 14.5
243win: .243 Winchester | 243win | .243
270win: .270 Winchester | 270win | .270
65cm: 6.5 mm Creedmoor | 65cm | 6.5 Creedmoor
65car: 6.5x52 mm Carcano | 65car | 6.5 Carcano
7mau: 7x57 mm Mauser | 7mau | 7 mm Mauser | .275 Rigby
7rem: 7 mm Remington Magnum | 7rem | 7 mm Rem Mag
792mau: 7.92x57 mm Mauser | 792mau | 8 mm Mauser | 8x57 | 8x57 IS
4570: .45-70 Government | 4570 | .45-70
12ga: 12 gauge | 12ga | 12 GA | calibre 12 | 12/70 | 12/76
16ga: 16 gauge | 16ga | 16 GA | calibre 16
20ga: 20 gauge | 20ga | 20 GA | calibre 20
28ga: 28 gauge | 28ga | 28 GA | calibre 28
410: .410 bore | 410 | .410 | 36 gauge
10ga: 10 gauge | 10ga | 10 GA
40x46: 40x46 mm grenade | 40x46 | 40 mm low velocity | M406 | 40 mm
40x53: 40x53 mm grenade | 40x53 | 40 mm high velocity
37mm: 37/38 mm | 37mm | 37 mm | 38 mm gas
"""
"""One group of interchangeable calibres a line: group, then every name of its members."""

CALIBRE_CODES = """
22: 22lr 22wmr 22hornet
25: 25acp
32: 32acp 32swl
380: 380acp
38: 38spl 38super 38sw
357: 357mag
9: 9para 9mak 9x21 9largo
40: 40sw
10: 10auto 10ga
41: 41mag
44: 44mag 44spl
45: 45acp 45colt
50: 50ae 50bmg
763: 762tok
765: 765para
223: 556
556: 556
762: 762x39 308 762x54r
308: 308
300: 300blk 300win
30: 30carb 3030
3006: 3006
303: 303brit
338: 338win
12: 127x108 12ga
243: 243win
270: 270win
65: 65car
7: 7mau 7rem
8: 792mau
4570: 4570
9999: 40x46 40x53
"""
"""NCIC calibre code, then the groups it covers: a code alone never decides."""

TYPES = """
revolver (handgun): Revolver | Revólver
pistol_semi (handgun): Self-loading pistol | Pistola semiautomática
pistol_single (handgun): Single-shot pistol or derringer | Pistola de un tiro o derringer
pistol_auto (handgun): Machine pistol | Pistola automática
rifle_bolt (long gun): Bolt-action rifle | Fusil de cerrojo
rifle_lever (long gun): Lever-action rifle | Fusil de palanca
rifle_pump (long gun): Pump-action rifle | Fusil de corredera
rifle_single (long gun): Single-shot rifle | Fusil de un tiro
rifle_semi (long gun): Self-loading rifle | Fusil semiautomático
carbine_semi (long gun): Self-loading carbine | Carabina semiautomática
rifle_assault (long gun): Assault or select-fire rifle | Fusil de asalto o de fuego selectivo
rifle_precision (long gun): Precision (sniper) rifle | Fusil de precisión (francotirador)
rifle_antimateriel (long gun): Anti-materiel rifle (.50 and above) | Fusil antimaterial (.50 o mayor)
smg (long gun): Sub-machine gun | Subfusil
mg_light (machine gun): Light machine gun | Ametralladora ligera
mg_general (machine gun): General-purpose machine gun | Ametralladora de uso general
mg_heavy (light weapon): Heavy machine gun | Ametralladora pesada
shotgun_pump (shotgun): Pump-action shotgun | Escopeta de corredera
shotgun_semi (shotgun): Self-loading shotgun | Escopeta semiautomática
shotgun_break (shotgun): Break-action shotgun, side by side or over and under | Escopeta basculante, yuxtapuesta o superpuesta
shotgun_bolt (shotgun): Bolt or lever shotgun | Escopeta de cerrojo o palanca
shotgun_auto (shotgun): Automatic shotgun | Escopeta automática
combination (long gun): Rifle-shotgun combination | Arma combinada rifle-escopeta
launcher_underbarrel (light weapon): Under-barrel or hand-held grenade launcher | Lanzagranadas acoplado o de mano
launcher_mounted (light weapon): Mounted grenade launcher | Lanzagranadas montado
recoilless (light weapon): Recoilless rifle | Fusil sin retroceso
rocket_launcher (light weapon): Portable anti-tank rocket launcher | Lanzacohetes antitanque portátil
missile_launcher (light weapon): Portable missile launcher | Lanzamisiles portátil
mortar (light weapon): Mortar below 75 mm | Mortero de menos de 75 mm
muzzleloader (long gun): Muzzle-loading or percussion arm | Arma de avancarga o percusión
silencer (part): Silencer | Silenciador
receiver (part): Frame or receiver | Armazón o cajón de mecanismos
conversion (converted): Converted blank, signal or air arm | Arma de fogueo, señal o aire convertida
craft (other): Craft-made or privately made firearm | Arma artesanal o de fabricación privada
disguised (other): Disguised gun | Arma disimulada
"""
"""One type a line: code, its class, its names."""
