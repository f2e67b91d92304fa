package main

import (
	"context"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

func deployment(name string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name:  "web",
					Image: "nginx",
					Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 80}},
					Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{
						corev1.ResourceCPU:    resource.MustParse("1500m"),
						corev1.ResourceMemory: resource.MustParse("1Gi"),
					}},
					LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
						HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromString("http")},
					}},
				}}},
			},
		},
	}
}

func checkCRUD(ctx context.Context, client kubernetes.Interface, namespace string) error {
	deployments := client.AppsV1().Deployments(namespace)
	created, err := deployments.Create(ctx, deployment("web", 2), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	read, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	container := read.Spec.Template.Spec.Containers[0]
	if err := first(
		equal("uid", read.UID, created.UID),
		equal("generation", read.Generation, 1),
		equal("limit of cpu", container.Resources.Limits.Cpu().String(), "1500m"),
		equal("limit of memory", container.Resources.Limits.Memory().String(), "1Gi"),
		equal("port of the probe", container.LivenessProbe.HTTPGet.Port.String(), "http"),
		equal("creation time is set", read.CreationTimestamp.IsZero(), false),
	); err != nil {
		return err
	}
	replicas := int32(5)
	read.Spec.Replicas = &replicas
	updated, err := deployments.Update(ctx, read, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	again, err := deployments.Update(ctx, updated, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if err := first(
		equal("generation after an update", updated.Generation, 2),
		equal("resourceVersion after an update of nothing", again.ResourceVersion, updated.ResourceVersion),
	); err != nil {
		return err
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{GenerateName: "bytes-"}, Data: map[string][]byte{"b": {0, 255, 10}}}
	made, err := client.CoreV1().Secrets(namespace).Create(ctx, secret, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	list, err := deployments.List(ctx, metav1.ListOptions{LabelSelector: "app in (web)"})
	if err != nil {
		return err
	}
	if err := first(
		equal("bytes", string(made.Data["b"]), "\x00\xff\n"),
		equal("length of a generated name", len(made.Name), len("bytes-")+5),
		equal("items", len(list.Items), 1),
	); err != nil {
		return err
	}
	if err := deployments.Delete(ctx, "web", metav1.DeleteOptions{}); err != nil {
		return err
	}
	_, err = deployments.Get(ctx, "web", metav1.GetOptions{})
	return equal("not found after the deletion", apierrors.IsNotFound(err), true)
}

func checkErrors(ctx context.Context, c cluster) error {
	maps := c.protobuf.CoreV1().ConfigMaps(c.namespace)
	made, err := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, missing := maps.Get(ctx, "none", metav1.GetOptions{})
	_, twice := maps.Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	_, invalid := maps.Create(ctx, configMap("Not A Name", nil), metav1.CreateOptions{})
	stale := made.DeepCopy()
	made.Data = map[string]string{"a": "b"}
	if _, err := maps.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	stale.Data = map[string]string{"a": "c"}
	_, conflict := maps.Update(ctx, stale, metav1.UpdateOptions{})
	_, nowhere := c.json.CoreV1().ConfigMaps("nowhere").Create(ctx, configMap("one", nil), metav1.CreateOptions{})
	_, expired := maps.List(ctx, metav1.ListOptions{Continue: "nonsense"})
	var status *apierrors.StatusError
	if !errors.As(missing, &status) {
		return fmt.Errorf("not a status: %v", missing)
	}
	return first(
		equal("NotFound", apierrors.IsNotFound(missing), true),
		equal("text of NotFound", missing.Error(), `configmaps "none" not found`),
		equal("details of NotFound", status.ErrStatus.Details.Kind, "configmaps"),
		equal("AlreadyExists", apierrors.IsAlreadyExists(twice), true),
		equal("Invalid", apierrors.IsInvalid(invalid), true),
		equal("Conflict", apierrors.IsConflict(conflict), true),
		equal("NotFound of the namespace", apierrors.IsNotFound(nowhere), true),
		equal("BadRequest of a continue token", apierrors.IsBadRequest(expired), true),
	)
}

func checkRetryOnConflict(ctx context.Context, c cluster) error {
	maps := c.json.CoreV1().ConfigMaps(c.namespace)
	if _, err := maps.Create(ctx, configMap("counter", map[string]string{"n": ""}), metav1.CreateOptions{}); err != nil {
		return err
	}
	const writers, writes = 4, 5
	done := make(chan error)
	backoff := retry.DefaultBackoff
	backoff.Steps = 100
	for range writers {
		go func() {
			for range writes {
				if err := retry.RetryOnConflict(backoff, func() error {
					live, err := maps.Get(ctx, "counter", metav1.GetOptions{})
					if err != nil {
						return err
					}
					live.Data["n"] += "x"
					_, err = maps.Update(ctx, live, metav1.UpdateOptions{})
					return err
				}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			return err
		}
	}
	live, err := maps.Get(ctx, "counter", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return equal("writes that were kept", len(live.Data["n"]), writers*writes)
}

func checkPatches(ctx context.Context, c cluster) error {
	deployments := c.protobuf.AppsV1().Deployments(c.namespace)
	if _, err := deployments.Create(ctx, deployment("web", 1), metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, patch := range []struct {
		kind types.PatchType
		text string
	}{
		{types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}}`},
		{types.MergePatchType, `{"metadata":{"labels":{"app":null,"tier":"front"}}}`},
		{types.JSONPatchType, `[{"op":"replace","path":"/spec/replicas","value":3}]`},
	} {
		if _, err := deployments.Patch(ctx, "web", patch.kind, []byte(patch.text), metav1.PatchOptions{}); err != nil {
			return fmt.Errorf("%s: %w", patch.kind, err)
		}
	}
	live, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("containers", len(live.Spec.Template.Spec.Containers), 2),
		equal("labels", fmt.Sprint(live.Labels), "map[tier:front]"),
		equal("replicas", *live.Spec.Replicas, 3),
	)
}

func checkSubresources(ctx context.Context, c cluster) error {
	deployments := c.protobuf.AppsV1().Deployments(c.namespace)
	made, err := deployments.Create(ctx, deployment("web", 1), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status.Replicas = 1
	made.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue}}
	updated, err := deployments.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	scale.Spec = autoscalingv1.ScaleSpec{Replicas: 4}
	if scale, err = deployments.UpdateScale(ctx, "web", scale, metav1.UpdateOptions{}); err != nil {
		return err
	}
	pods := c.protobuf.CoreV1().Pods(c.namespace)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: deployment("web", 1).Spec.Template.Spec}
	if _, err := pods.Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Target: corev1.ObjectReference{Kind: "Node", Name: "n1"}}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	bound, err := pods.Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("condition", len(updated.Status.Conditions), 1),
		equal("scale", scale.Spec.Replicas, 4),
		equal("selector of the scale", scale.Status.Selector, "app=web"),
		equal("node", bound.Spec.NodeName, "n1"),
	)
}

func checkPages(ctx context.Context, c cluster) error {
	maps := c.protobuf.CoreV1().ConfigMaps(c.namespace)
	for i := range 25 {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("c%02d", i), nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	pages := 0
	all := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		pages++
		return maps.List(ctx, options)
	})
	all.PageSize = 10
	count, last := 0, ""
	err := all.EachListItem(ctx, metav1.ListOptions{}, func(object runtime.Object) error {
		name := object.(*corev1.ConfigMap).Name
		if name <= last {
			return fmt.Errorf("%s after %s", name, last)
		}
		count, last = count+1, name
		return nil
	})
	return first(err, equal("items", count, 25), equal("pages", pages, 3))
}

func checkDelete(ctx context.Context, c cluster) error {
	maps := c.protobuf.CoreV1().ConfigMaps(c.namespace)
	for _, name := range []string{"a", "b", "c"} {
		made := configMap(name, nil)
		made.Labels = map[string]string{"name": name}
		if _, err := maps.Create(ctx, made, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	live, err := maps.Get(ctx, "a", metav1.GetOptions{})
	if err != nil {
		return err
	}
	wrong := maps.Delete(ctx, "a", *metav1.NewPreconditionDeleteOptions("another"))
	if err := maps.Delete(ctx, "a", *metav1.NewPreconditionDeleteOptions(string(live.UID))); err != nil {
		return err
	}
	foreground := metav1.DeletePropagationForeground
	if err := maps.Delete(ctx, "b", metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
		return err
	}
	waiting, err := maps.Get(ctx, "b", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "name=c"}); err != nil {
		return err
	}
	left, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return first(
		equal("conflict of the uid", apierrors.IsConflict(wrong), true),
		equal("finalizers", fmt.Sprint(waiting.Finalizers), "[foregroundDeletion]"),
		equal("deletion time is set", waiting.DeletionTimestamp.IsZero(), false),
		equal("left", len(left.Items), 1),
	)
}
