package main

import (
	"context"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const finalizer = "interop.fairlead.dev/note"

type summaries struct {
	client.Client
	scheme   *runtime.Scheme
	recorder events.EventRecorder
}

func (s *summaries) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	var deployment appsv1.Deployment
	if err := s.Get(ctx, request.NamespacedName, &deployment); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if !deployment.DeletionTimestamp.IsZero() {
		return reconcile.Result{}, s.leaveNote(ctx, &deployment)
	}
	if controllerutil.AddFinalizer(&deployment, finalizer) {
		return reconcile.Result{}, s.Update(ctx, &deployment)
	}
	summary := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: request.Namespace, Name: request.Name}}
	outcome, err := controllerutil.CreateOrUpdate(ctx, s.Client, &summary, func() error {
		summary.Data = map[string]string{"replicas": strconv.Itoa(int(*deployment.Spec.Replicas))}
		return controllerutil.SetControllerReference(&deployment, &summary, s.scheme)
	})
	if err != nil {
		return reconcile.Result{}, err
	}
	if outcome != controllerutil.OperationResultNone {
		s.recorder.Eventf(&deployment, &summary, corev1.EventTypeNormal, "Summarized", "Summarize", "summary %s", outcome)
	}
	return reconcile.Result{}, s.setCondition(ctx, &deployment)
}

func (s *summaries) setCondition(ctx context.Context, deployment *appsv1.Deployment) error {
	for _, condition := range deployment.Status.Conditions {
		if condition.Type == "Summarized" {
			return nil
		}
	}
	before := deployment.DeepCopy()
	deployment.Status.Conditions = append(deployment.Status.Conditions, appsv1.DeploymentCondition{
		Type: "Summarized", Status: corev1.ConditionTrue, Reason: "Written", Message: "there is a summary",
		LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
	})
	return s.Status().Patch(ctx, deployment, client.MergeFrom(before))
}

func (s *summaries) leaveNote(ctx context.Context, deployment *appsv1.Deployment) error {
	if !controllerutil.ContainsFinalizer(deployment, finalizer) {
		return nil
	}
	note := corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: deployment.Namespace, Name: "note-" + deployment.Name}}
	if err := s.Create(ctx, &note); client.IgnoreAlreadyExists(err) != nil {
		return err
	}
	controllerutil.RemoveFinalizer(deployment, finalizer)
	return s.Update(ctx, deployment)
}
