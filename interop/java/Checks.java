import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Checks of a Kubernetes API server with the fabric8 client, each of which prints one line of JSON: its name and what went wrong. */
public final class Checks {
  private interface Check {
    void run(KubernetesClient client, String namespace) throws Exception;
  }

  public static void main(String[] arguments) {
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("version", Checks::version);
    checks.put("crud", Checks::crud);
    checks.put("patches", Checks::patches);
    checks.put("pages", Checks::pages);
    checks.put("watch", Checks::watch);
    checks.put("informer", Checks::informer);
    checks.put("generic", Checks::generic);
    checks.put("delete", Checks::delete);
    Config config = Config.fromKubeconfig(new File(arguments[0]));
    boolean failed = false;
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      for (Map.Entry<String, Check> check : checks.entrySet()) {
        Map<String, String> result = new LinkedHashMap<>();
        result.put("check", check.getKey());
        try {
          String namespace = check.getKey();
          client.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
          check.getValue().run(client, namespace);
        } catch (Exception | AssertionError error) {
          failed = true;
          result.put("error", error.toString());
        }
        System.out.println(Serialization.asJson(result));
      }
    }
    System.exit(failed ? 1 : 0);
  }

  private static void equal(String what, Object got, Object wanted) {
    if (!Objects.equals(got, wanted)) throw new AssertionError(what + ": got " + got + ", wanted " + wanted);
  }

  private static int refused(Runnable call) {
    try {
      call.run();
    } catch (KubernetesClientException error) {
      return error.getCode();
    }
    return 200;
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).addToLabels("name", name).endMetadata().addToData("a", "1").build();
  }

  private static Deployment deployment(String name) {
    return new DeploymentBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().withReplicas(2)
        .withNewSelector().addToMatchLabels("app", name).endSelector()
        .withNewTemplate().withNewMetadata().addToLabels("app", name).endMetadata()
        .withNewSpec().addNewContainer().withName("web").withImage("nginx").endContainer().endSpec()
        .endTemplate().endSpec().build();
  }

  private static void version(KubernetesClient client, String namespace) {
    equal("minor", client.getKubernetesVersion().getMinor(), "36");
    equal("apps/v1", client.supports(Deployment.class), true);
  }

  private static void crud(KubernetesClient client, String namespace) {
    var maps = client.configMaps().inNamespace(namespace);
    ConfigMap made = maps.resource(configMap("one")).create();
    equal("uid", maps.withName("one").get().getMetadata().getUid(), made.getMetadata().getUid());
    ConfigMap edited = maps.withName("one").edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build());
    equal("data", edited.getData(), Map.of("a", "1", "b", "2"));
    equal("again", refused(() -> maps.resource(configMap("one")).create()), 409);
    equal("stale", refused(() -> maps.resource(made).lockResourceVersion(made.getMetadata().getResourceVersion()).update()), 409);
    equal("name", refused(() -> maps.resource(configMap("No Name")).create()), 422);
    equal("selected", maps.withLabel("name", "one").list().getItems().size(), 1);
    maps.withName("one").delete();
    equal("gone", maps.withName("one").get(), null);
  }

  private static void patches(KubernetesClient client, String namespace) {
    var web = client.apps().deployments().inNamespace(namespace).withName("web");
    client.apps().deployments().inNamespace(namespace).resource(deployment("web")).create();
    web.patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"b\"}]}}}}");
    web.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"tier\":\"front\"}}}");
    web.patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":5}]");
    Deployment live = web.get();
    equal("containers", live.getSpec().getTemplate().getSpec().getContainers().size(), 2);
    equal("label", live.getMetadata().getLabels().get("tier"), "front");
    equal("replicas", live.getSpec().getReplicas(), 5);
    equal("scaled", web.scale(3).getSpec().getReplicas(), 3);
  }

  private static void pages(KubernetesClient client, String namespace) {
    var maps = client.configMaps().inNamespace(namespace);
    for (int index = 0; index < 5; index++) maps.resource(configMap("c" + index)).create();
    var page = maps.list(new ListOptionsBuilder().withLimit(3L).build());
    equal("first page", page.getItems().size(), 3);
    equal("remaining", page.getMetadata().getRemainingItemCount(), 2L);
    var rest = maps.list(new ListOptionsBuilder().withLimit(3L).withContinue(page.getMetadata().getContinue()).build());
    equal("second page", rest.getItems().size(), 2);
  }

  /** This client watches over a WebSocket. */
  private static void watch(KubernetesClient client, String namespace) throws Exception {
    var maps = client.configMaps().inNamespace(namespace);
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (Watch watch = maps.watch(new Watcher<ConfigMap>() {
      @Override
      public void eventReceived(Action action, ConfigMap map) {
        seen.add(action + " " + map.getMetadata().getName());
      }

      @Override
      public void onClose(WatcherException cause) {
        seen.add("closed " + cause);
      }
    })) {
      maps.resource(configMap("one")).create();
      maps.withName("one").edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build());
      maps.withName("one").delete();
      for (String wanted : new String[] {"ADDED one", "MODIFIED one", "DELETED one"}) {
        equal("event", seen.poll(20, TimeUnit.SECONDS), wanted);
      }
    }
  }

  private static void informer(KubernetesClient client, String namespace) throws Exception {
    var maps = client.configMaps().inNamespace(namespace);
    maps.resource(configMap("before")).create();
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (var informer = maps.inform(new ResourceEventHandler<ConfigMap>() {
      @Override
      public void onAdd(ConfigMap map) {
        seen.add("add " + map.getMetadata().getName());
      }

      @Override
      public void onUpdate(ConfigMap old, ConfigMap map) {
        seen.add("update " + map.getMetadata().getName());
      }

      @Override
      public void onDelete(ConfigMap map, boolean unknown) {
        seen.add("delete " + map.getMetadata().getName());
      }
    })) {
      equal("there", seen.poll(20, TimeUnit.SECONDS), "add before");
      maps.resource(configMap("after")).create();
      equal("added", seen.poll(20, TimeUnit.SECONDS), "add after");
      maps.withName("before").edit(map -> new ConfigMapBuilder(map).addToData("b", "2").build());
      equal("updated", seen.poll(20, TimeUnit.SECONDS), "update before");
      maps.withName("after").delete();
      equal("deleted", seen.poll(20, TimeUnit.SECONDS), "delete after");
      equal("kept", informer.getStore().list().size(), 1);
    }
  }

  private static void generic(KubernetesClient client, String namespace) {
    GenericKubernetesResource made = client.genericKubernetesResources("v1", "ServiceAccount").inNamespace(namespace)
        .resource(Serialization.unmarshal("{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"robot\"}}", GenericKubernetesResource.class))
        .create();
    equal("kind", made.getKind(), "ServiceAccount");
  }

  private static void delete(KubernetesClient client, String namespace) {
    var maps = client.configMaps().inNamespace(namespace);
    maps.resource(configMap("one")).create();
    maps.resource(configMap("two")).create();
    maps.withName("one").withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    equal("finalizers", maps.withName("one").get().getMetadata().getFinalizers().toString(), "[foregroundDeletion]");
    maps.withLabel("name", "two").delete();
    equal("left", maps.list().getItems().size(), 1);
  }
}
