"""Checks of a Kubernetes API server with the Python client, each of which prints one line of JSON: its name and what
went wrong."""

import json
import os
import shutil
import sys
import tempfile
import threading
import traceback
import urllib.parse

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.rest import ApiException
from kubernetes.config.incluster_config import InClusterConfigLoader
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock


def labelled(name, **labels):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels or None), data={"name": name})


def deployment(name):
    labels = {"app": name}
    container = client.V1Container(name="web", image="nginx", ports=[client.V1ContainerPort(container_port=80)])
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container])
    )
    spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template)
    return client.V1Deployment(metadata=client.V1ObjectMeta(name=name), spec=spec)


def refused(call):
    try:
        call()
    except ApiException as error:
        return error.status, json.loads(error.body).get("reason")
    raise AssertionError("it was not refused")


def version(_):
    code = client.VersionApi().get_code()
    assert (code.major, code.minor) == ("1", "36"), code


def crud(namespace):
    core = client.CoreV1Api()
    created = core.create_namespaced_config_map(namespace, labelled("one"))
    assert core.read_namespaced_config_map("one", namespace) == created
    created.data["more"] = "yes"
    replaced = core.replace_namespaced_config_map("one", namespace, created)
    assert replaced.metadata.resource_version != created.metadata.resource_version
    assert refused(lambda: core.replace_namespaced_config_map("one", namespace, created)) == (409, "Conflict")
    assert refused(lambda: core.create_namespaced_config_map(namespace, created)) == (500, None)
    assert refused(lambda: core.create_namespaced_config_map(namespace, labelled("one"))) == (409, "AlreadyExists")
    core.delete_namespaced_config_map("one", namespace)
    assert refused(lambda: core.read_namespaced_config_map("one", namespace)) == (404, "NotFound")


def patches(namespace):
    apps = client.AppsV1Api()
    apps.create_namespaced_deployment(namespace, deployment("web"))
    side = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "busybox"}]}}}}
    merged = apps.patch_namespaced_deployment("web", namespace, side)
    assert [one.name for one in merged.spec.template.spec.containers] == ["side", "web"], merged
    listed = apps.patch_namespaced_deployment(
        "web", namespace, [{"op": "replace", "path": "/spec/replicas", "value": 5}]
    )
    assert listed.spec.replicas == 5
    scale = apps.patch_namespaced_deployment_scale("web", namespace, {"spec": {"replicas": 3}})
    assert scale.spec.replicas == 3
    status = apps.patch_namespaced_deployment_status("web", namespace, {"status": {"replicas": 1}})
    assert status.status.replicas == 1 and status.spec.replicas == 3


def pages(namespace):
    core = client.CoreV1Api()
    for index in range(7):
        core.create_namespaced_config_map(namespace, labelled(f"c{index}", part="yes"))
    names, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(namespace, limit=3, label_selector="part=yes", _continue=token or None)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue or ""
    assert names == [f"c{index}" for index in range(7)], names
    core.delete_collection_namespaced_config_map(namespace, label_selector="part=yes")
    assert core.list_namespaced_config_map(namespace).items == []


def watching(namespace):
    core = client.CoreV1Api()
    core.create_namespaced_config_map(namespace, labelled("before"))
    seen, changes = [], watch.Watch()
    for event in changes.stream(core.list_namespaced_config_map, namespace, timeout_seconds=20):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 1:
            core.create_namespaced_config_map(namespace, labelled("after"))
            core.patch_namespaced_config_map("after", namespace, {"data": {"a": "b"}})
            core.delete_namespaced_config_map("after", namespace)
        if event["type"] == "DELETED":
            changes.stop()
    assert seen == [("ADDED", "before"), ("ADDED", "after"), ("MODIFIED", "after"), ("DELETED", "after")], seen


def watching_from_the_cache(namespace):
    core = client.CoreV1Api()
    stream = watch.Watch().stream(core.list_namespaced_config_map, namespace, resource_version="0", timeout_seconds=1)
    assert list(stream) == []


def dynamic_client(namespace):
    client_ = dynamic.DynamicClient(client.ApiClient())
    deployments = client_.resources.get(api_version="apps/v1", kind="Deployment")
    body = client.ApiClient().sanitize_for_serialization(deployment("web"))
    made = deployments.create(body={**body, "apiVersion": "apps/v1", "kind": "Deployment"}, namespace=namespace)
    assert made.metadata.generation == 1
    patch = {"spec": {"replicas": 4}}
    patched = deployments.patch(
        name="web", namespace=namespace, body=patch, content_type="application/merge-patch+json"
    )
    assert patched.spec.replicas == 4
    assert deployments.scale.get(name="web", namespace=namespace).spec.replicas == 4
    assert [item.metadata.name for item in deployments.get(namespace=namespace).items] == ["web"]
    deployments.delete(name="web", namespace=namespace)
    assert deployments.get(namespace=namespace).items == []


def from_yaml(namespace):
    documents = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "reader"},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        },
    ]
    utils.create_from_yaml(client.ApiClient(), yaml_objects=documents, namespace=namespace)
    assert client.RbacAuthorizationV1Api().read_namespaced_role("reader", namespace).rules[0].verbs == ["get"]


def leader_election(namespace):
    led = threading.Event()
    lock = LeaseLock("lock", namespace, "me")
    settings = electionconfig.Config(
        lock, lease_duration=15, renew_deadline=10, retry_period=1, onstarted_leading=led.set, onstopped_leading=None
    )
    threading.Thread(target=leaderelection.LeaderElection(settings).run, daemon=True).start()
    assert led.wait(20)
    assert client.CoordinationV1Api().read_namespaced_lease("lock", namespace).spec.holder_identity == "me"


def in_cluster(namespace):
    """As a program in a pod: a token file, a CA file and the two variables of the environment."""
    core = client.CoreV1Api()
    core.create_namespaced_service_account(
        namespace, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="robot"))
    )
    request = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))
    token = core.create_namespaced_service_account_token("robot", namespace, request).status.token
    outside = client.Configuration.get_default_copy()
    server = urllib.parse.urlparse(outside.host)
    with tempfile.TemporaryDirectory() as folder:
        token_file, ca_file = os.path.join(folder, "token"), os.path.join(folder, "ca.crt")
        with open(token_file, "w") as file:
            file.write(token)
        shutil.copy(outside.ssl_ca_cert, ca_file)
        environment = {"KUBERNETES_SERVICE_HOST": server.hostname, "KUBERNETES_SERVICE_PORT": str(server.port)}
        configuration = client.Configuration()
        loader = InClusterConfigLoader(token_filename=token_file, cert_filename=ca_file, environ=environment)
        loader.load_and_set(configuration)
        inside = client.CoreV1Api(client.ApiClient(configuration))
        assert refused(lambda: inside.list_namespaced_config_map(namespace)) == (403, "Forbidden")
        subject = client.RbacV1Subject(kind="ServiceAccount", name="robot", namespace=namespace)
        role = client.V1RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name="view")
        binding = client.V1RoleBinding(
            metadata=client.V1ObjectMeta(name="robot"), role_ref=role, subjects=[subject]
        )
        client.RbacAuthorizationV1Api().create_namespaced_role_binding(namespace, binding)
        assert inside.list_namespaced_config_map(namespace).items == []
        core.delete_namespaced_service_account("robot", namespace)
        assert refused(lambda: inside.list_namespaced_config_map(namespace)) == (401, "Unauthorized")


CHECKS = {
    "version": version,
    "crud": crud,
    "patches": patches,
    "pages": pages,
    "watch": watching,
    "watch-from-the-cache": watching_from_the_cache,
    "dynamic": dynamic_client,
    "from-yaml": from_yaml,
    "leader-election": leader_election,
    "in-cluster": in_cluster,
}


def main(kubeconfig):
    config.load_kube_config(kubeconfig)
    failed = False
    for name, check in CHECKS.items():
        result = {"check": name}
        try:
            namespace = client.V1Namespace(metadata=client.V1ObjectMeta(name=name))
            client.CoreV1Api().create_namespace(namespace)
            check(name)
        except Exception:
            failed = True
            result["error"] = traceback.format_exc()
        print(json.dumps(result), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
