// go get go.temporal.io/sdk
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
)

type Refill struct {
	RefillID string `json:"refillId"`
	At       string `json:"at"` // ISO 8601
}

func main() {
	clientID, refill := os.Args[1], Refill{RefillID: os.Args[2], At: os.Args[3]}
	c, err := client.Dial(envconfig.MustLoadDefaultClientOptions())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	ctx, workflowID := context.Background(), "low-balance:client:"+clientID

	// A signal: fire and forget. It may be repeated, delayed or reordered without harm.
	if err := c.SignalWorkflow(ctx, workflowID, "", "refill", refill); err != nil {
		log.Fatal(err)
	}

	// An update: waits for a worker, and answers a receipt.
	update, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: "refill", Args: []any{refill},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		log.Fatal(err)
	}
	var receipt map[string]any
	if err := update.Get(ctx, &receipt); err != nil {
		log.Fatal(err)
	}
	text, _ := json.Marshal(receipt)
	fmt.Println(string(text))

	// Signal-with-start: also where the client is not watched yet.
	options := client.StartWorkflowOptions{ID: workflowID, TaskQueue: "low-balance"}
	input := map[string]string{"clientId": clientID}
	if _, err := c.SignalWithStartWorkflow(ctx, workflowID, "refill", refill, options, "watchClient", input); err != nil {
		log.Fatal(err)
	}
}
