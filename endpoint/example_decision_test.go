package endpoint_test

import (
	"fmt"

	"example.com/khp/endpoint"
)

// Ask writes the challenge in the form that the client understands.
func ExampleRequest_Ask() {
	spec := &endpoint.Request{OpeningRequest: endpoint.OpeningRequest{Target: "/echo"}}
	kaazing := &endpoint.Request{OpeningRequest: endpoint.OpeningRequest{Target: "/echo?.kl=Y"}}
	for _, r := range []*endpoint.Request{spec, kaazing} {
		d := r.Ask("Basic", "staff")
		fmt.Println(d.Status, d.Challenges)
	}
	// Output:
	// 401 [Basic realm="staff"]
	// 401 [Application Basic realm="staff"]
}

// A decision whose fields contradict its status is refused, so that a status that was forgotten
// does not let the client in.
func ExampleRefuse() {
	fmt.Println(endpoint.Refuse(403, "not from here").Status)
	fmt.Println(endpoint.Redirect("/new").Location)
	// Output:
	// 403
	// /new
}
