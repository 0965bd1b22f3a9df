// Package capture reads packet captures, pcap and pcapng, and makes a session of each TCP connection in them, for package replay to judge.
//
//	summary, err := capture.Read(file, func(s *replay.Session) { fmt.Println(replay.Check(s).Verdict) })
//
// Ethernet with or without VLAN tags, Linux cooked captures of both versions, loopback and raw IP are read, IPv4 and IPv6, any port. TCP is put together again:
// retransmissions, segments out of order and connections that share a file do no harm; fragments of IP are not joined. Of a connection only the opening
// handshake, the messages and the control frames are kept.
//
// What the other side of the network sent is read with limits on everything, see [Summary]; a file may be as large as it likes.
package capture
