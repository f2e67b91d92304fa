package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/openapi3"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// The kinds of a sample-apiserver behind the front.
var (
	wardle   = schema.GroupVersion{Group: "wardle.example.com", Version: "v1alpha1"}
	flunders = wardle.WithResource("flunders")
	fischers = wardle.WithResource("fischers")
)

func flunder(name, reference string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": wardle.String(), "kind": "Flunder",
		"metadata": map[string]any{"name": name},
		"spec":     map[string]any{"reference": reference, "referenceType": "Flunder"},
	}}
}

func referenceOf(object runtime.Object) string {
	text, _, _ := unstructured.NestedString(object.(*unstructured.Unstructured).Object, "spec", "reference")
	return text
}

func checkExtensionDiscovery(_ context.Context, c cluster) error {
	var found []string
	legacy := discovery.NewDiscoveryClient(c.json.Discovery().RESTClient())
	legacy.UseLegacyDiscovery = true
	for _, client := range []discovery.DiscoveryInterface{c.json.Discovery(), legacy} {
		_, lists, err := client.ServerGroupsAndResources()
		if err != nil {
			return err
		}
		for _, list := range lists {
			for _, resource := range list.APIResources {
				if list.GroupVersion == wardle.String() {
					found = append(found, fmt.Sprint(resource.Name, " ", resource.Kind, " ", resource.Namespaced))
				}
			}
		}
	}
	root := openapi3.NewRoot(c.json.Discovery().OpenAPIV3())
	spec, err := root.GVSpec(wardle)
	if err != nil {
		return err
	}
	_, described := spec.Paths.Paths["/apis/wardle.example.com/v1alpha1/namespaces/{namespace}/flunders/{name}"]
	kinds := "fischers Fischer false,flunders Flunder true"
	return first(
		equal("resources in both forms of discovery", strings.Join(found, ","), kinds+","+kinds),
		equal("described", described, true),
	)
}

func checkExtensionMapper(_ context.Context, c cluster) error {
	cached := memory.NewMemCacheClient(c.json.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	kind, err := mapper.KindFor(schema.GroupVersionResource{Resource: "flunder"})
	if err != nil {
		return err
	}
	flunder, err := mapper.RESTMapping(schema.GroupKind{Group: wardle.Group, Kind: "Flunder"}, wardle.Version)
	if err != nil {
		return err
	}
	fischer, err := mapper.RESTMapping(schema.GroupKind{Group: wardle.Group, Kind: "Fischer"})
	if err != nil {
		return err
	}
	return first(
		equal("kind", kind.Kind, "Flunder"),
		equal("resource", flunder.Resource, flunders),
		equal("scope of Flunder", flunder.Scope.Name(), meta.RESTScopeNameNamespace),
		equal("scope of Fischer", fischer.Scope.Name(), meta.RESTScopeNameRoot),
	)
}

func checkExtensionObjects(ctx context.Context, c cluster) error {
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return err
	}
	own := client.Resource(flunders).Namespace(c.namespace)
	made, err := own.Create(ctx, flunder("one", "a"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, exists := own.Create(ctx, flunder("one", "a"), metav1.CreateOptions{})
	_, lost := client.Resource(flunders).Namespace("nowhere").Create(ctx, flunder("one", "a"), metav1.CreateOptions{})
	_, missing := own.Get(ctx, "none", metav1.GetOptions{})
	patched, err := own.Patch(ctx, "one", types.MergePatchType, []byte(`{"spec":{"reference":"b"}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	_, conflict := own.Update(ctx, made, metav1.UpdateOptions{})
	for _, name := range []string{"two", "three"} {
		if _, err := own.Create(ctx, flunder(name, "a"), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	page, err := own.List(ctx, metav1.ListOptions{Limit: 2})
	if err != nil {
		return err
	}
	rest, err := own.List(ctx, metav1.ListOptions{Limit: 2, Continue: page.GetContinue()})
	if err != nil {
		return err
	}
	byName, err := own.List(ctx, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", "two").String()})
	if err != nil {
		return err
	}
	partial, err := metadata.NewForConfig(c.config)
	if err != nil {
		return err
	}
	some, err := partial.Resource(flunders).Namespace(c.namespace).Get(ctx, "one", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := own.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		return err
	}
	left, err := own.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("AlreadyExists", apierrors.IsAlreadyExists(exists), true),
		equal("NotFound for a namespace that is not there", apierrors.IsNotFound(lost), true),
		equal("NotFound", apierrors.IsNotFound(missing), true),
		equal("Conflict", apierrors.IsConflict(conflict), true),
		equal("patched", referenceOf(patched), "b"),
		equal("pages", fmt.Sprint(len(page.Items), len(rest.Items)), "2 1"),
		equal("by name", len(byName.Items), 1),
		equal("uid in metadata", some.UID, made.GetUID()),
		equal("left", len(left.Items), 0),
	)
}

// An informer that sees everything that is there and every change, once and in order.
func checkExtensionInformer(ctx context.Context, c cluster) error {
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return err
	}
	own := client.Resource(flunders).Namespace(c.namespace)
	live, err := own.Create(ctx, flunder("one", "a"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, c.namespace, nil)
	informer := factory.ForResource(flunders).Informer()
	seen := make(chan string, 100)
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { seen <- "add " + referenceOf(object.(runtime.Object)) },
		UpdateFunc: func(_, object any) { seen <- "update " + referenceOf(object.(runtime.Object)) },
		DeleteFunc: func(object any) { seen <- "delete " + referenceOf(object.(runtime.Object)) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return errors.New("not synchronised")
	}
	wanted := []string{"add a"}
	for i := range 10 {
		if err := unstructured.SetNestedField(live.Object, fmt.Sprint(i), "spec", "reference"); err != nil {
			return err
		}
		if live, err = own.Update(ctx, live, metav1.UpdateOptions{}); err != nil {
			return err
		}
		wanted = append(wanted, fmt.Sprintf("update %d", i))
	}
	if err := own.Delete(ctx, "one", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, event := range append(wanted, "delete 9") {
		if err := equal("event", <-seen, event); err != nil {
			return err
		}
	}
	return nil
}

// Waits as kubectl wait does: with what is there first, then with every change.
func checkExtensionWait(ctx context.Context, c cluster) error {
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return err
	}
	own := client.Resource(flunders).Namespace(c.namespace)
	if _, err := own.Create(ctx, flunder("one", "a"), metav1.CreateOptions{}); err != nil {
		return err
	}
	selector := fields.OneTermEqualSelector("metadata.name", "one").String()
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = selector
			return own.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = selector
			return own.Watch(ctx, options)
		},
	}
	there := make(chan struct{})
	changed := make(chan error, 1)
	go func() {
		<-there
		_, err := own.Patch(ctx, "one", types.JSONPatchType, []byte(`[{"op":"replace","path":"/spec/reference","value":"b"}]`), metav1.PatchOptions{})
		changed <- err
	}()
	event, err := watchtools.UntilWithSync(ctx, source, &unstructured.Unstructured{}, nil, func(event watch.Event) (bool, error) {
		if referenceOf(event.Object) == "a" {
			close(there)
		}
		return referenceOf(event.Object) == "b", nil
	})
	if err != nil {
		return err
	}
	return first(<-changed, equal("event", event.Type, watch.Modified))
}

// Objects without a namespace, in a kind of another server.
func checkExtensionClusterScope(ctx context.Context, c cluster) error {
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": wardle.String(), "kind": "Fischer",
		"metadata": map[string]any{"generateName": c.namespace + "-"}, "disallowedFlunders": []any{"evil"},
	}}
	made, err := client.Resource(fischers).Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("namespace", made.GetNamespace(), ""),
		client.Resource(fischers).Delete(ctx, made.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: uidOf(made)}}),
	)
}

func uidOf(object *unstructured.Unstructured) *types.UID {
	uid := object.GetUID()
	return &uid
}
