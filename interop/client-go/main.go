// Checks of a Kubernetes API server with client-go, each of which prints one line of JSON: its name and what went wrong.
// The argument after the kubeconfig names the checks; "extension" are those of a sample-apiserver behind the server.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const jsonType, protobufType = "application/json", "application/vnd.kubernetes.protobuf"

// A cluster as a check sees it: a namespace of its own, and clients that speak JSON and protobuf.
type cluster struct {
	namespace string
	config    *rest.Config
	json      kubernetes.Interface
	protobuf  kubernetes.Interface
}

type check struct {
	name string
	run  func(context.Context, cluster) error
}

type result struct {
	Check string `json:"check"`
	Error string `json:"error,omitempty"`
}

var builtinChecks = []check{
	{"discovery", checkDiscovery},
	{"openapi", checkOpenAPI},
	{"rest-mapper", checkRESTMapper},
	{"crud-json", func(ctx context.Context, c cluster) error { return checkCRUD(ctx, c.json, c.namespace) }},
	{"crud-protobuf", func(ctx context.Context, c cluster) error { return checkCRUD(ctx, c.protobuf, c.namespace) }},
	{"errors", checkErrors},
	{"retry-on-conflict", checkRetryOnConflict},
	{"patches", checkPatches},
	{"subresources", checkSubresources},
	{"pages", checkPages},
	{"delete", checkDelete},
	{"watch", checkWatch},
	{"informer-json", func(ctx context.Context, c cluster) error { return checkInformer(ctx, c.json, c.namespace) }},
	{"informer-protobuf", func(ctx context.Context, c cluster) error { return checkInformer(ctx, c.protobuf, c.namespace) }},
	{"informer-is-a-watch-list", checkWatchList},
	{"dynamic", checkDynamic},
	{"metadata", checkMetadata},
	{"leader-election", checkLeaderElection},
	{"event-recorder", checkEventRecorder},
}

var extensionChecks = []check{
	{"extension-discovery", checkExtensionDiscovery},
	{"extension-mapper", checkExtensionMapper},
	{"extension-objects", checkExtensionObjects},
	{"extension-informer", checkExtensionInformer},
	{"extension-wait", checkExtensionWait},
	{"extension-cluster-scope", checkExtensionClusterScope},
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	config.QPS, config.Burst = 1000, 1000
	checks := builtinChecks
	if len(os.Args) > 2 && os.Args[2] == "extension" {
		checks = extensionChecks
	}
	failed := false
	out := json.NewEncoder(os.Stdout)
	for _, c := range checks {
		outcome := result{Check: c.name}
		if err := runCheck(config, c); err != nil {
			outcome.Error = err.Error()
			failed = true
		}
		if err := out.Encode(outcome); err != nil {
			panic(err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func runCheck(config *rest.Config, c check) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	made, err := newCluster(ctx, config, c.name)
	if err != nil {
		return err
	}
	return c.run(ctx, made)
}

func newCluster(ctx context.Context, config *rest.Config, namespace string) (cluster, error) {
	made := cluster{namespace: namespace, config: config}
	for _, one := range []struct {
		contentType string
		client      *kubernetes.Interface
	}{{jsonType, &made.json}, {protobufType, &made.protobuf}} {
		typed := rest.CopyConfig(config)
		typed.ContentType, typed.AcceptContentTypes = one.contentType, one.contentType
		client, err := kubernetes.NewForConfig(typed)
		if err != nil {
			return made, err
		}
		*one.client = client
	}
	_, err := made.json.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	return made, err
}

// equal is an error when got is not wanted.
func equal[T comparable](what string, got, wanted T) error {
	if got != wanted {
		return fmt.Errorf("%s: got %v, wanted %v", what, got, wanted)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
