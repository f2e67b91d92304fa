package main

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/openapi3"
	"k8s.io/client-go/restmapper"
)

func checkDiscovery(_ context.Context, c cluster) error {
	client := c.json.Discovery()
	version, err := client.ServerVersion()
	if err != nil {
		return err
	}
	groups, resources, err := client.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	preferred, err := client.ServerPreferredResources()
	if err != nil {
		return err
	}
	var pods, scales bool
	for _, list := range resources {
		for _, resource := range list.APIResources {
			pods = pods || (list.GroupVersion == "v1" && resource.Name == "pods" && resource.Kind == "Pod" && resource.Namespaced)
			scales = scales || (list.GroupVersion == "apps/v1" && resource.Name == "deployments/scale" && resource.Kind == "Scale" && resource.Group == "autoscaling")
		}
	}
	autoscaling := ""
	for _, list := range preferred {
		if strings.HasPrefix(list.GroupVersion, "autoscaling/") && len(list.APIResources) > 0 {
			autoscaling = list.GroupVersion
		}
	}
	// The documents of each group, as clients before aggregated discovery read them.
	legacy := discovery.NewDiscoveryClient(c.json.Discovery().RESTClient())
	legacy.UseLegacyDiscovery = true
	legacyGroups, legacyResources, err := legacy.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	return first(
		equal("version", version.Major+"."+version.Minor, "1.36"),
		equal("first group", groups[0].Name, ""),
		equal("pods", pods, true),
		equal("deployments/scale", scales, true),
		equal("preferred version of autoscaling", autoscaling, "autoscaling/v2"),
		equal("groups in both forms of discovery", len(legacyGroups), len(groups)),
		equal("lists in both forms of discovery", len(legacyResources), len(resources)),
	)
}

func checkOpenAPI(_ context.Context, c cluster) error {
	root := openapi3.NewRoot(c.json.Discovery().OpenAPIV3())
	versions, err := root.GroupVersions()
	if err != nil {
		return err
	}
	spec, err := root.GVSpec(schema.GroupVersion{Group: "apps", Version: "v1"})
	if err != nil {
		return err
	}
	if _, found := spec.Components.Schemas["io.k8s.api.apps.v1.Deployment"]; !found {
		return fmt.Errorf("no Deployment among %d schemas", len(spec.Components.Schemas))
	}
	document, err := c.json.Discovery().OpenAPISchema()
	if err != nil {
		return err
	}
	return first(
		equal("several versions", len(versions) > 20, true),
		equal("swagger", document.Swagger, "2.0"),
		equal("definitions", len(document.Definitions.AdditionalProperties) > 500, true),
	)
}

func checkRESTMapper(_ context.Context, c cluster) error {
	cached := memory.NewMemCacheClient(c.json.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	kind, err := mapper.KindFor(schema.GroupVersionResource{Resource: "deploy"})
	if err != nil {
		return err
	}
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	if err != nil {
		return err
	}
	return first(
		equal("deploy", kind.String(), "apps/v1, Kind=Deployment"),
		equal("ClusterRole", mapping.Resource.Resource, "clusterroles"),
		equal("scope of ClusterRole", string(mapping.Scope.Name()), "root"),
	)
}
