internal import CrewCore

/// Reads a text from the web, from hosts that the crew names and no others.
struct WebFetcher: Tool {
    struct Input: Generable {
        var url: String

        static var guides: [Guide] { [Guide("url", "The whole address, such as 'https://example.org/page?q=word'.")] }
    }

    /// The most bytes of an answer that are taken.
    static let maximumBytes = 2 << 20
    static let maximumRedirects = 3
    /// For the redirects together, in milliseconds.
    static let longest = 30_000

    let name: String
    let hosts: [(grant: HostGrant, text: String)]
    let client: any WebClient

    var summary: String {
        "Gets a page or another text from the web by its address. It reaches these hosts only: "
            + hosts.map(\.text).joined(separator: ", ") + "."
    }
    var effects: ToolEffects { .network }
    /// A GET asks for a text and changes nothing; RFC 9110, section 9.2.1.
    var isIdempotent: Bool { true }
    var timeout: Duration { .milliseconds(Self.longest) }

    func call(_ input: Input, context: ToolContext) async throws -> String {
        var address = try read(input.url)
        for _ in 0...Self.maximumRedirects {
            let answer = try await get(address)
            guard (300..<400).contains(answer.status), let location = answer.location else {
                return try text(of: answer, address)
            }
            do throws(WebAddress.Refusal) {
                address = try address.resolving(location)
            } catch {
                throw ToolRejection("The page redirects to an address that cannot be used: \(error.message).")
            }
            try check(address, isRedirect: true)
        }
        throw ToolRejection("The page redirects more than \(Self.maximumRedirects) times.")
    }

    private func read(_ url: String) throws(ToolRejection) -> WebAddress {
        let address: WebAddress
        do throws(WebAddress.Refusal) { address = try WebAddress(url) } catch {
            throw ToolRejection("The address cannot be used: \(error.message).")
        }
        try check(address, isRedirect: false)
        return address
    }

    private func check(_ address: WebAddress, isRedirect: Bool) throws(ToolRejection) {
        guard !hosts.contains(where: { $0.grant.includes(address) }) else { return }
        throw ToolRejection(
            "\(isRedirect ? "The page redirects to" : "You may not reach") \(address.origin)"
                + "\(isRedirect ? ", which you may not reach" : ""); the hosts that you may reach are "
                + hosts.map(\.text).joined(separator: ", ") + "."
        )
    }

    private func get(_ address: WebAddress) async throws(ToolRejection) -> WebAnswer {
        let request = WebRequest(
            url: address.text,
            // A name says nothing of where it leads; an address was granted as it stands.
            reach: address.isNumeric ? .address(address.host) : .publicInternet,
            accept: "text/*, application/json, application/xml, application/xhtml+xml;q=0.9",
            maximumBytes: Self.maximumBytes,
            timeout: Self.longest
        )
        do throws(WebFailure) { return try await client.get(request) } catch {
            throw ToolRejection("\(address.origin) could not be read: \(error.message).")
        }
    }

    private func text(of answer: WebAnswer, _ address: WebAddress) throws(ToolRejection) -> String {
        guard (200..<300).contains(answer.status) else {
            throw ToolRejection("\(address.origin) answered with the status \(answer.status).")
        }
        let type = answer.contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        let isText =
            type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/xml", "application/javascript", ""].contains(type)
        guard isText else { throw ToolRejection("\(address.origin) answered with \(type), which is no text.") }
        guard !answer.body.contains(0), let text = String(validating: answer.body, as: UTF8.self) else {
            throw ToolRejection("\(address.origin) answered with what is no UTF-8 text.")
        }
        return text.isEmpty ? "(the page is empty)" : text
    }
}
