// A controller written with controller-runtime: every Deployment with the label "summary" owns a ConfigMap that says how
// many replicas it wants, gets a condition, and leaves a note when it goes.
package main

import (
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

func main() {
	ctrl.SetLogger(zap.New())
	if err := run(os.Args[1]); err != nil {
		ctrl.Log.Error(err, "the controller has ended")
		os.Exit(1)
	}
}

func run(kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Metrics:                       metrics.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "summaries",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
	})
	if err != nil {
		return err
	}
	isLabelled := predicate.NewPredicateFuncs(func(object client.Object) bool {
		_, ok := object.GetLabels()["summary"]
		return ok
	})
	err = ctrl.NewControllerManagedBy(manager).
		For(&appsv1.Deployment{}, builder.WithPredicates(isLabelled)).
		Owns(&corev1.ConfigMap{}).
		Complete(&summaries{
			Client:   manager.GetClient(),
			scheme:   manager.GetScheme(),
			recorder: manager.GetEventRecorder("summaries"),
		})
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}
