// SPDX-License-Identifier: Apache-2.0

// Command go-client makes calls of every kind with the client grpc-web-go-client over WebSockets,
// which reads each frame as exactly two messages: a prefix and a payload.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ktr0731/grpc-web-go-client/grpcweb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

const service = "/grpcweb.test.TestService/"

// messageCodec takes messages that no code was generated for, which the client's own does not.
type messageCodec struct{}

func (messageCodec) Name() string { return "dynamic" }

func (messageCodec) Marshal(v interface{}) ([]byte, error) { return proto.Marshal(v.(proto.Message)) }

func (messageCodec) Unmarshal(data []byte, v interface{}) error {
	return proto.Unmarshal(data, v.(proto.Message))
}

// tests holds what all calls need.
type tests struct {
	files *protoregistry.Files
	conn  *grpcweb.ClientConn
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: go-client HOST:PORT DESCRIPTORS")
	}
	encoding.RegisterCodec(messageCodec{})
	conn, err := grpcweb.DialContext(os.Args[1],
		grpcweb.WithDefaultCallOptions(grpcweb.CallContentSubtype("dynamic")))
	check(err)
	t := &tests{files: parse(os.Args[2]), conn: conn}
	calls := []struct {
		name string
		run  func(ctx context.Context)
	}{
		{"unary, with metadata", t.unary},
		{"server streaming", t.serverStreaming},
		{"two megabytes", t.manyResponses},
		{"client streaming", t.clientStreaming},
		{"bidirectional streaming", t.conversation},
		{"a failure after responses, with details", t.failure},
	}
	for _, call := range calls {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		// The client waits for ever whatever its context says.
		watchdog := time.AfterFunc(time.Minute, func() { fail(call.name + ": no end within a minute") })
		call.run(ctx)
		watchdog.Stop()
		cancel()
	}
	fmt.Printf("grpc-web-go-client: %d calls over WebSockets\n", len(calls))
}

func (t *tests) unary(ctx context.Context) {
	ctx = metadata.AppendToOutgoingContext(ctx,
		"echo-text", "one, two", "echo-bytes-bin", "AIB/", "trail-text", "three", "trail-bytes-bin", "/wA=")
	stream := t.open("Echo")
	check(stream.Send(ctx, t.message("EchoRequest", `text: "Grüße"`)))
	check(stream.CloseSend())
	response := t.message("EchoResponse", "")
	check(stream.Receive(ctx, response))
	expect("text", "Grüße", field(response, "text").String())
	end(stream, ctx, t)

	header, err := stream.Header()
	check(err)
	expect("echo-text", "one, two", strings.Join(header["echo-text"], "|"))
	expect("echo-bytes-bin", "AIB/", strings.Join(header["echo-bytes-bin"], "|"))
	expect("echo-handshake", "HTTP/1.1 GET", strings.Join(header["echo-handshake"], "|"))
	expect("trail-text", "three", strings.Join(stream.Trailer()["trail-text"], "|"))
	expect("trail-bytes-bin", "/wA", strings.TrimRight(strings.Join(stream.Trailer()["trail-bytes-bin"], "|"), "="))
}

func (t *tests) serverStreaming(ctx context.Context) {
	t.count(ctx, 5, 0)
}

func (t *tests) manyResponses(ctx context.Context) {
	t.count(ctx, 200, 10_000)
}

func (t *tests) count(ctx context.Context, count, size int) {
	stream := t.open("Count")
	request := fmt.Sprintf("count: %d payload_size: %d", count, size)
	check(stream.Send(ctx, t.message("CountRequest", request)))
	check(stream.CloseSend())
	for number := 1; number <= count; number++ {
		response := t.message("EchoResponse", "")
		check(stream.Receive(ctx, response))
		expect("number", int64(number), field(response, "number").Int())
		expect("size", size, len(field(response, "payload").Bytes()))
	}
	end(stream, ctx, t)
}

func (t *tests) clientStreaming(ctx context.Context) {
	stream, err := t.conn.NewClientStream(&grpc.StreamDesc{ClientStreams: true}, service+"Join")
	check(err)
	for _, text := range []string{"one", "two", "three"} {
		check(stream.Send(ctx, t.message("EchoRequest", fmt.Sprintf("text: %q", text))))
	}
	response := t.message("EchoResponse", "")
	check(stream.CloseAndReceive(ctx, response))
	expect("text", "one,two,three", field(response, "text").String())
}

func (t *tests) conversation(ctx context.Context) {
	stream := t.open("Chat")
	for number, text := range []string{"one", "two", "three"} {
		check(stream.Send(ctx, t.message("EchoRequest", fmt.Sprintf("text: %q", text))))
		response := t.message("EchoResponse", "")
		check(stream.Receive(ctx, response))
		expect("text", text, field(response, "text").String())
		expect("number", int64(number+1), field(response, "number").Int())
	}
	check(stream.CloseSend())
	end(stream, ctx, t)
}

func (t *tests) failure(ctx context.Context) {
	stream := t.open("Fail")
	check(stream.Send(ctx, t.message("FailRequest", `code: 9 message: "nö" responses: 2`)))
	check(stream.CloseSend())
	for responses := 1; responses <= 2; responses++ {
		check(stream.Receive(ctx, t.message("EchoResponse", "")))
	}
	failure := status.Convert(stream.Receive(ctx, t.message("EchoResponse", "")))
	expect("code", uint32(9), uint32(failure.Code()))
	expect("message", "nö", failure.Message())
	details := failure.Proto().GetDetails()
	expect("details", 1, len(details))
	expect("detail", "type.googleapis.com/grpcweb.test.FailRequest", details[0].GetTypeUrl())
}

// open starts a call of any kind: to this client, only bidirectional streams and streams of requests
// are for WebSockets.
func (t *tests) open(method string) grpcweb.BidiStream {
	desc := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := t.conn.NewBidiStream(desc, service+method)
	check(err)
	return stream
}

func end(stream grpcweb.BidiStream, ctx context.Context, t *tests) {
	err := stream.Receive(ctx, t.message("EchoResponse", ""))
	if !errors.Is(err, io.EOF) {
		fail(fmt.Sprintf("expected the end of the call, got %v", err))
	}
}

// message makes a message of the test package from its text format.
func (t *tests) message(name, text string) *dynamicpb.Message {
	descriptor, err := t.files.FindDescriptorByName(protoreflect.FullName("grpcweb.test." + name))
	check(err)
	message := dynamicpb.NewMessage(descriptor.(protoreflect.MessageDescriptor))
	check(prototext.Unmarshal([]byte(text), message))
	return message
}

func field(message *dynamicpb.Message, name protoreflect.Name) protoreflect.Value {
	return message.Get(message.Descriptor().Fields().ByName(name))
}

// parse reads what the server prints: a FileDescriptorSet in base64.
func parse(descriptors string) *protoregistry.Files {
	bytes, err := base64.StdEncoding.DecodeString(descriptors)
	check(err)
	set := &descriptorpb.FileDescriptorSet{}
	check(proto.Unmarshal(bytes, set))
	files, err := protodesc.NewFiles(set)
	check(err)
	return files
}

func expect(what string, expected, actual interface{}) {
	if expected != actual {
		fail(fmt.Sprintf("%s: expected %v, got %v", what, expected, actual))
	}
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}
