package network

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// ClientOptions make a [Client]. Host names of all networks are ASCII.
type ClientOptions struct {
	Name   string // in events; "" is "client"
	Config endpoint.ClientConfig
	// Credentials answers a challenge, as late as it says; ok is false if there are none. It is
	// asked at the first origin only; nil is a provider that never answers, if
	// Config.HasCredentials says that there is one.
	Credentials func(
		attempt int, challenges []wire.Challenge,
	) (value string, after time.Duration, ok bool)
	// Secrets must never be sent to another origin, such as a cookie; credentials are added by
	// themselves.
	Secrets []string
	Opened  func(*Client)
	Got     func(*Client, Message) // is called for each application message
}

// Client is one connect call.
type Client struct {
	host
	Endpoint *endpoint.Client
	driver   *driver.Client
	opts     ClientOptions
	replays  int
	started  time.Duration
	machine  fsm.ClientConfig
}

// NewClient prepares a connect call. The error is that of [endpoint.NewClient].
func (n *Network) NewClient(url string, o ClientOptions) (*Client, error) {
	e, err := endpoint.NewClient(url, o.Config)
	if err != nil {
		return nil, err
	}
	if o.Name == "" {
		o.Name = "client"
	}
	c := &Client{Endpoint: e, opts: o}
	c.host = host{net: n, name: o.Name, client: true, side: e,
		phase: func() string { return e.Phase().String() }}
	c.driver = driver.NewClient(e, clientHost{orders{&c.host}, c})
	c.driver.Observe, c.drive = c.observe, c.driver
	c.setUp()
	machine := o.Config.Machine.OrDefault()
	c.machine = machine
	c.watch.Secrets, c.watch.AllowDowngrade, c.watch.Proxy = o.Secrets, o.Config.AllowDowngrade,
		o.Config.HasProxyLogin
	if !o.Config.HasCredentials { // each login in the opening handshake would take one more
		c.watch.Budget = int(machine.MaxRedirects) + 2
	}
	if o.Opened != nil {
		c.on = func() { o.Opened(c) }
	}
	if o.Got != nil {
		c.got = func(m Message) { o.Got(c, m) }
	}
	n.clients = append(n.clients, c)
	return c, nil
}

// Connect starts the connect call.
func (c *Client) Connect() {
	c.started = c.net.now
	c.driver.Connect(c.now())
}

// Connections returns the URLs that were connected to, the last one last.
func (c *Client) Connections() []string {
	var list []string
	for _, u := range c.watch.dials {
		list = append(list, u.String())
	}
	return list
}

// clientHost is the host of the driver of a client.
type clientHost struct {
	orders
	of *Client
}

// AskCredentials implements [driver.ClientHost].
func (c clientHost) AskCredentials(q driver.Challenge) {
	if c.of.opts.Credentials == nil {
		return
	}
	c.of.replays++
	value, after, ok := c.of.opts.Credentials(c.of.replays, q.Challenges())
	if ok {
		c.watch.Secrets = append(c.watch.Secrets, value)
	}
	c.net.After(after, func() {
		if ok {
			q.Credentials(c.now(), value)
		} else {
			q.None(c.now(), "there are none")
		}
	})
}

// Dropped implements [driver.Host].
func (c clientHost) Dropped(error) {}

// Dial implements [driver.ClientHost].
func (c clientHost) Dial(to *driver.Conn, u wire.URL) {
	c.net.dial(u.HostPort(), u.Host, func(conn *Conn) {
		if !to.Wanted() {
			conn.Close()
			return
		}
		c.attach(conn, to)
		to.Connected(c.now(), c.orders, c.net.nonce())
	}, func(reason string) {
		if to.Wanted() {
			c.note(Event{Kind: Failed, Text: reason})
			to.Failed(c.now(), reason)
		}
	})
}

func (n *Network) nonce() (b [16]byte) {
	for i := range b {
		b[i] = byte(n.rand.Uint32())
	}
	return b
}
