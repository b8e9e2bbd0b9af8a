import CrewStore
import Crypto
import Foundation

/// The key of one account on one machine, with which it tells what it has made from what was put there.
package struct StoreKey: Sendable {
    static let length = 32

    private let key: SymmetricKey

    init(_ bytes: some Sequence<UInt8>) { key = SymmetricKey(data: Array(bytes)) }

    /// The seal (HMAC-SHA256) of something.
    ///
    /// - Parameters:
    ///   - purpose: What it is, so that the seal of one thing is none of another.
    ///   - parts: All that is sealed.
    func seal(_ purpose: String, _ parts: [Data]) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Self.joined(purpose, parts), using: key))
    }

    /// Whether a seal is right.
    func isSeal(_ seal: Data, _ purpose: String, _ parts: [Data]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(seal, authenticating: Self.joined(purpose, parts), using: key)
    }

    /// A word that stands for a secret and tells nobody who lacks this key anything about it.
    package func pseudonym(of secret: String) -> String {
        seal("crew.secret.1", [Data(secret.utf8)]).hexadecimal
    }

    /// Every part with its length before it, so that no two lists are joined alike.
    private static func joined(_ purpose: String, _ parts: [Data]) -> Data {
        var joined = Data()
        for part in [Data(purpose.utf8)] + parts {
            withUnsafeBytes(of: Int64(part.count).littleEndian) { joined.append(contentsOf: $0) }
            joined.append(part)
        }
        return joined
    }
}
