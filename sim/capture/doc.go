// Package capture reads packet captures, pcap and pcapng, and makes a session of each TCP
// connection in them, for package replay to judge.
//
//	summary, err := capture.Read(file, func(s *replay.Session) {
//		fmt.Println(replay.Check(s).Verdict)
//	})
//
// All that gopacket decodes down to TCP over IPv4 or IPv6 is read: Ethernet with or without VLAN
// tags, Linux cooked captures of both versions, loopback, raw IP, VXLAN, GRE and other tunnels, any
// port. TCP is put together again: retransmissions, segments out of order and connections that
// share a file or ports do no harm; fragments of IP are not joined. Of a connection the opening
// handshake, the messages and the control frames are kept; pages that were fetched before, and
// openings that were answered with a challenge, are read over, and the tunnel of a CONNECT is
// looked into.
//
// The order of both sides' bytes is that of the file, unless acknowledgements show another: a side
// sent a segment after it had received the bytes that the segment acknowledges. Where bytes are
// missing, a session ends, and [replay.Session.Missing] says why.
//
// All that is kept from the file has limits, see [Summary]; the file itself may have any size.
package capture
