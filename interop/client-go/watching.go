package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func checkWatch(ctx context.Context, c cluster) error {
	maps := c.protobuf.CoreV1().ConfigMaps(c.namespace)
	made, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	live, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: made.ResourceVersion, AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer live.Stop()
	made.Data = map[string]string{"a": "b"}
	if _, err := maps.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, wanted := range []watch.EventType{watch.Modified, watch.Deleted} {
		event := <-live.ResultChan()
		if err := equal("event", event.Type, wanted); err != nil {
			return err
		}
		if err := equal("data", event.Object.(*corev1.ConfigMap).Data["a"], "b"); err != nil {
			return err
		}
	}
	future, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: "999999999"})
	if err != nil {
		return equal("a watch from the future ends with", apierrors.IsTimeout(err) || apierrors.IsResourceExpired(err), true)
	}
	future.Stop()
	return nil
}

// An informer that sees everything that is there and every change, once and in order.
func checkInformer(ctx context.Context, client kubernetes.Interface, namespace string) error {
	maps := client.CoreV1().ConfigMaps(namespace)
	for _, name := range []string{"a", "b"} {
		if _, err := maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps()
	seen := make(chan string, 100)
	if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { seen <- "add " + object.(*corev1.ConfigMap).Name },
		UpdateFunc: func(_, object any) { seen <- "update " + object.(*corev1.ConfigMap).Data["n"] },
		DeleteFunc: func(object any) { seen <- "delete " + object.(*corev1.ConfigMap).Name },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
		return errors.New("not synchronised")
	}
	there := map[string]bool{<-seen: true, <-seen: true}
	if err := equal("what was there", there["add a"] && there["add b"], true); err != nil {
		return err
	}
	live, err := informer.Lister().ConfigMaps(namespace).Get("a")
	if err != nil {
		return err
	}
	for i := range 10 {
		changed := live.DeepCopy()
		changed.Data = map[string]string{"n": fmt.Sprint(i)}
		if live, err = maps.Update(ctx, changed, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	if err := maps.Delete(ctx, "b", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for i := range 10 {
		if err := equal("change", <-seen, fmt.Sprintf("update %d", i)); err != nil {
			return err
		}
	}
	return equal("deletion", <-seen, "delete b")
}

// Reflectors of this release ask for the present objects within the watch. One that falls back lists first.
func checkWatchList(ctx context.Context, c cluster) error {
	var lock sync.Mutex
	var lists, watchLists int
	config := rest.CopyConfig(c.config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			query := request.URL.Query()
			lock.Lock()
			defer lock.Unlock()
			if isWatchList(query) {
				watchLists++
			} else if query.Get("watch") == "" {
				lists++
			}
			return next.RoundTrip(request)
		})
	})
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	synced := factory.Core().V1().Namespaces().Informer().HasSynced
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), synced) {
		return errors.New("not synchronised")
	}
	lock.Lock()
	defer lock.Unlock()
	return first(equal("lists", lists, 0), equal("watches with initial events", watchLists, 1))
}

func isWatchList(query url.Values) bool {
	return query.Get("watch") != "" && query.Get("sendInitialEvents") == "true" &&
		query.Get("resourceVersionMatch") == "NotOlderThan" && query.Get("allowWatchBookmarks") == "true"
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func checkDynamic(ctx context.Context, c cluster) error {
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return err
	}
	maps := client.Resource(configMaps).Namespace(c.namespace)
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "one"}, "data": map[string]any{"a": "1"},
	}}
	made, err := maps.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, c.namespace, nil)
	informer := factory.ForResource(configMaps)
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
		return errors.New("not synchronised")
	}
	cached, err := informer.Lister().ByNamespace(c.namespace).Get("one")
	if err != nil {
		return err
	}
	if err := unstructured.SetNestedField(made.Object, "2", "data", "a"); err != nil {
		return err
	}
	updated, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	value, _, err := unstructured.NestedString(updated.Object, "data", "a")
	return first(
		err,
		equal("cached", cached.(*unstructured.Unstructured).GetName(), "one"),
		equal("updated", value, "2"),
		maps.Delete(ctx, "one", metav1.DeleteOptions{}),
	)
}

func checkMetadata(ctx context.Context, c cluster) error {
	made, err := c.json.CoreV1().ConfigMaps(c.namespace).Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	client, err := metadata.NewForConfig(c.config)
	if err != nil {
		return err
	}
	list, err := client.Resource(configMaps).Namespace(c.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("items", len(list.Items), 1),
		equal("uid", list.Items[0].UID, made.UID),
		equal("name", list.Items[0].Name, "one"),
	)
}

// Two candidates: one leads, and the other takes over when it lets go.
func checkLeaderElection(ctx context.Context, c cluster) error {
	leading := make(chan string, 2)
	campaign := func(ctx context.Context, identity string) error {
		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta:  metav1.ObjectMeta{Namespace: c.namespace, Name: "lock"},
				Client:     c.protobuf.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
			},
			LeaseDuration:   15 * time.Second,
			RenewDeadline:   10 * time.Second,
			RetryPeriod:     100 * time.Millisecond,
			ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leading <- identity },
				OnStoppedLeading: func() {},
			},
		})
		if err != nil {
			return err
		}
		go elector.Run(ctx)
		return nil
	}
	firstTerm, resign := context.WithCancel(ctx)
	defer resign()
	if err := campaign(firstTerm, "first"); err != nil {
		return err
	}
	if err := equal("leader", <-leading, "first"); err != nil {
		return err
	}
	if err := campaign(ctx, "second"); err != nil {
		return err
	}
	resign()
	if err := equal("next leader", <-leading, "second"); err != nil {
		return err
	}
	lease, err := c.json.CoordinationV1().Leases(c.namespace).Get(ctx, "lock", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return equal("holder", holder(lease), "second")
}

func holder(lease *coordinationv1.Lease) string {
	if lease.Spec.HolderIdentity == nil {
		return ""
	}
	return *lease.Spec.HolderIdentity
}

func checkEventRecorder(ctx context.Context, c cluster) error {
	object, err := c.json.CoreV1().ConfigMaps(c.namespace).Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	live, err := c.json.CoreV1().Events(c.namespace).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer live.Stop()
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: c.json.EventsV1()})
	defer broadcaster.Shutdown()
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		return err
	}
	broadcaster.NewRecorder(scheme.Scheme, "interop").Eventf(object, nil, corev1.EventTypeNormal, "Checked", "Checking", "it is %s", "there")
	event, ok := (<-live.ResultChan()).Object.(*corev1.Event)
	if !ok {
		return errors.New("no event of the core group")
	}
	return first(
		equal("reason", event.Reason, "Checked"),
		equal("message", event.Message, "it is there"),
		equal("object", event.InvolvedObject.Name, "one"),
		equal("controller", event.ReportingController, "interop"),
	)
}
