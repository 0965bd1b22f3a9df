package network

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// ClientOptions make a [Client]. Host names of all networks are ASCII.
type ClientOptions struct {
	Name   string // in events; "" is "client"
	Config endpoint.ClientConfig
	// Credentials answers a challenge, as late as it says; ok is false if there are none. It is asked at the first origin only; nil is a provider that never
	// answers, if Config.HasCredentials says that there is one.
	Credentials func(attempt int, challenges []wire.Challenge) (value string, after time.Duration, ok bool)
	Secrets     []string // values that must never be sent to another origin, such as that of Cookie; credentials are added by themselves
	Opened      func(*Client)
}

// Client is one connect call.
type Client struct {
	host
	Endpoint *endpoint.Client
	opts     ClientOptions
	origin   wire.URL
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
	c.host = host{net: n, name: o.Name, client: true, side: e, phase: func() string { return e.Phase().String() }, special: c.special, carried: c.carried}
	c.setUp()
	machine := o.Config.Machine.OrDefault()
	c.machine = machine
	c.watch.Secrets, c.watch.AllowDowngrade, c.watch.Proxy = o.Secrets, o.Config.AllowDowngrade, o.Config.HasProxyLogin
	if !o.Config.HasCredentials { // each login in the opening handshake would take one more
		c.watch.Budget = int(machine.MaxRedirects) + 2
	}
	if o.Opened != nil {
		c.on = func() { o.Opened(c) }
	}
	n.clients = append(n.clients, c)
	return c, nil
}

// Connect starts the connect call.
func (c *Client) Connect() {
	c.started = c.net.now
	c.do(c.Endpoint.Connect(c.now()))
}

// Connections returns the URLs that were connected to, the last one last.
func (c *Client) Connections() []string {
	var list []string
	for _, u := range c.watch.dials {
		list = append(list, u.String())
	}
	return list
}

// special carries out what only clients are told.
func (c *Client) special(o *endpoint.Output) {
	if o.Kind == endpoint.Dial {
		c.dial(*o.URL)
		return
	}
	url := c.Endpoint.URL()
	if !url.SameOrigin(c.origin) {
		c.later(0, func() []endpoint.Output {
			return c.Endpoint.NoCredentials(c.now(), "credentials for "+c.origin.HostPort()+" are not given to "+url.HostPort())
		})
		return
	}
	if c.opts.Credentials == nil {
		return
	}
	c.replays++
	value, after, ok := c.opts.Credentials(c.replays, c.Endpoint.Challenges())
	if ok {
		c.watch.Secrets = append(c.watch.Secrets, value)
	}
	c.later(after, func() []endpoint.Output {
		if !ok {
			return c.Endpoint.NoCredentials(c.now(), "the provider has none")
		}
		return c.Endpoint.Credentials(c.now(), value)
	})
}

// carried reports the request body as written, which it is as soon as it is sent.
func (c *Client) carried(outs []endpoint.Output) {
	for _, o := range outs {
		if o.Kind == endpoint.SendMessage && c.Endpoint.Phase() == fsm.ClientSendingBody {
			c.later(0, func() []endpoint.Output { return c.Endpoint.BodyWritten(c.now()) })
		}
	}
}

// dial connects; what comes of it is dropped if the attempt is given up meanwhile.
func (c *Client) dial(u wire.URL) {
	attempt := c.Endpoint.Attempt()
	if attempt == 1 {
		c.origin = u
	}
	c.serial = attempt
	current := func() bool { return c.Endpoint.Attempt() == attempt && c.Endpoint.Phase() == fsm.ClientConnecting }
	c.net.dial(u.HostPort(), u.Host, func(conn *Conn) {
		if !current() {
			conn.Close()
			return
		}
		c.attach(conn)
		c.do(c.Endpoint.Connected(c.now(), c.net.nonce()))
	}, func(reason string) {
		if current() {
			c.note(Event{Kind: Failed, Text: reason})
			c.do(c.Endpoint.ConnectFailed(c.now(), reason))
		}
	})
}

func (n *Network) nonce() (b [16]byte) {
	for i := range b {
		b[i] = byte(n.rand.Uint32())
	}
	return b
}
