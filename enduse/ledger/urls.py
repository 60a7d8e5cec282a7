from django.urls import path

from enduse.ledger import forgetting_views, key_views, views

app_name = "ledger"
urlpatterns = [
    path("", views.log, name="log"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("checkpoint/cosigned", views.cosigned_checkpoint, name="cosigned"),
    path("monitor/", views.monitor, name="monitor"),
    path("forks/<int:fork>", views.evidence, name="fork"),
    path("key", views.key, name="key"),
    path("keys/", key_views.keys, name="keys"),
    path("keys/<int:size>", key_views.rotation, name="rotation"),
    path("verify_proof.py", views.program, name="program"),
    path("tile/<path:rest>", views.tile, name="tile"),
    path("verify/", views.verification, name="verify"),
    path("<int:index>/", views.leaf, name="leaf"),
    path("<int:index>/forget/", forgetting_views.forget, name="forget"),
    path("forgetting/", forgetting_views.proposals, name="forgettings"),
    path("forgetting/<int:pk>/", forgetting_views.proposal, name="forgetting"),
    path("<int:index>/proof", views.proof, name="proof"),
]
