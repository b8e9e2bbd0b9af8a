import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An address of the internet protocol, by its bytes.
package struct IPAddress: Sendable, Hashable {
    /// Four bytes or sixteen.
    package let bytes: [UInt8]

    /// Reads the address of a socket; nil for other families.
    ///
    /// - Parameters:
    ///   - address: The address, which may be longer than its type says.
    ///   - length: How many bytes it has.
    init?(_ address: UnsafeRawPointer, length: Int) {
        guard length >= MemoryLayout<sockaddr>.size else { return nil }
        switch CInt(address.loadUnaligned(as: sockaddr.self).sa_family) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            bytes = withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            bytes = withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: return nil
        }
    }

    /// Reads the usual text of an address, without brackets and zone; nil for anything else.
    package init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = withUnsafeBytes(of: sixteen) { Array($0) }
        } else {
            return nil
        }
    }

    private init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Whether it is an address of the public internet: none of this machine, of a local network, or of a special use.
    ///
    /// Source: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry.
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.special4.contains { $0.contains(bytes) } }
        // An IPv4 address within: mapped, translated (NAT64), 6to4.
        for (prefix, start) in Self.carriers where prefix.contains(bytes) {
            return IPAddress(bytes[start..<start + 4]).isPublic
        }
        // Only 2000::/3 is given out at all.
        return bytes[0] & 0xE0 == 0x20 && !Self.special6.contains { $0.contains(bytes) }
    }

    /// Whether it is one of the services that a cloud or a local network offers its machines, such as the one that gives
    /// out a machine's credentials.
    package var isLocalService: Bool {
        if bytes.count == 4 { return Self.services4.contains { $0.contains(bytes) } }
        for (prefix, start) in Self.carriers where prefix.contains(bytes) {
            return IPAddress(bytes[start..<start + 4]).isLocalService
        }
        return Self.services6.contains { $0.contains(bytes) }
    }

    private struct Block {
        let bytes: [UInt8]
        let bits: Int

        init(_ text: String, _ bits: Int) {
            bytes = IPAddress(text)?.bytes ?? []
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return (0..<bits).allSatisfy { bit in (address[bit / 8] ^ bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
        }
    }

    private static let special4 = [
        Block("0.0.0.0", 8), Block("10.0.0.0", 8), Block("100.64.0.0", 10), Block("127.0.0.0", 8),
        Block("169.254.0.0", 16), Block("172.16.0.0", 12), Block("192.0.0.0", 24), Block("192.0.2.0", 24),
        Block("192.88.99.0", 24), Block("192.168.0.0", 16), Block("198.18.0.0", 15), Block("198.51.100.0", 24),
        Block("203.0.113.0", 24),
        // What Azure's machines ask for their own settings.
        Block("168.63.129.16", 32), Block("224.0.0.0", 4), Block("240.0.0.0", 4),
    ]
    private static let carriers = [
        (Block("::ffff:0:0", 96), 12), (Block("64:ff9b::", 96), 12), (Block("2002::", 16), 2),
    ]
    // Link-local, and what Azure, Alibaba, Oracle and Amazon have elsewhere.
    private static let services4 = [
        Block("169.254.0.0", 16), Block("168.63.129.16", 32), Block("100.100.100.200", 32), Block("192.0.0.192", 32),
    ]
    private static let services6 = [Block("fe80::", 10), Block("fd00:ec2::", 32)]
    private static let special6 = [Block("2001::", 23), Block("2001:db8::", 32), Block("3fff::", 20)]
}

extension IPAddress: CustomStringConvertible {
    /// The usual text.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes {
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, $0.baseAddress, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension HTTPRequest {
    /// Which addresses a request may be sent to, whatever its host's name resolves to.
    public enum Reach: Sendable, Hashable {
        /// Any.
        case anywhere
        /// Any but the services that a cloud or a local network offers its machines.
        case anywhereButLocalServices
        /// Those of the public internet alone: not this machine, no local network, no service of a cloud's own.
        case publicInternet
        /// This address alone, such as `127.0.0.1`.
        case address(String)

        func includes(_ address: IPAddress?) -> Bool {
            switch self {
            case .anywhere: true
            case .anywhereButLocalServices: address.map { !$0.isLocalService } ?? true
            case .publicInternet: address?.isPublic ?? false
            case .address(let text): address != nil && address == IPAddress(text)
            }
        }
    }
}
