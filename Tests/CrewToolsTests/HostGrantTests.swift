import CrewCore
import Evidence
import Testing

@testable import CrewTools

/// A host is granted as it stands, and no other by it.
struct HostGrantTests {
    @Test(arguments: [
        ("en.wikipedia.org", "https://en.wikipedia.org/wiki", true),
        ("en.wikipedia.org", "http://en.wikipedia.org/", false),
        ("en.wikipedia.org", "https://en.wikipedia.org:8443/", false),
        ("en.wikipedia.org", "https://wikipedia.org/", false),
        ("wikipedia.org", "https://en.wikipedia.org/", false), ("wikipedia.org", "https://evil-wikipedia.org/", false),
        ("wikipedia.org", "https://wikipedia.org.evil.example/", false), ("http://a.org", "http://a.org/x", true),
        ("http://a.org", "https://a.org/x", false), ("a.org:8443", "https://a.org:8443/", true),
        ("a.org:8443", "https://a.org/", false), ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
        ("127.0.0.1:8080", "http://127.0.0.1:8081/", false), ("127.0.0.1", "http://127.0.0.1/", true),
        ("127.0.0.1", "https://127.0.0.1:443/", true), ("127.0.0.1", "http://127.0.0.2/", false),
        ("10.0.0.5", "http://10.0.0.5/", false), ("10.0.0.5", "https://10.0.0.5/", true),
        ("[::1]:80", "http://[::1]/", true), ("[::1]:80", "http://[::2]/", false),
    ])
    func aGrantIsForOneHostOnePortAndOneScheme(grant: String, url: String, isGranted: Bool) throws {
        #expect(try HostGrant(grant).includes(WebAddress(url)) == isGranted)
        try Evidence.record(.confined, "hosts beside those that a tool is granted, refused")
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:80", "a.localhost", "*", "*.wikipedia.org", "en.wikipedia.org/",
        "en.wikipedia.org/wiki",
        "a.org?x", "a.org#x", "user@a.org", "ftp://a.org", "https://", "127.1", "0x7f000001", "a.org.",
        "b\u{00FC}cher.example", "",
    ])
    func whatIsNoHostCannotBeGranted(text: String) {
        #expect(throws: WebAddress.Refusal.self) { try HostGrant(text) }
    }
}
