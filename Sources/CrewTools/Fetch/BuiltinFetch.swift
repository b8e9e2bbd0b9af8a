internal import ChatModel
internal import CrewCore
internal import CrewRuntime

/// The built-in `fetch`: a tool that reads the web.
struct BuiltinFetch: ToolProvider {
    private static let hosts = ToolOption.list(
        "hosts",
        of: "hosts",
        "The hosts it reaches, by https unless one begins with `http://`.",
        naming: "the hosts it may reach",
        example: "en.wikipedia.org"
    ) { text in
        do throws(WebAddress.Refusal) {
            _ = try HostGrant(text)
            return nil
        } catch {
            return ToolOptionObjection(
                "no host that can be granted",
                because: error.message,
                hint: "such as en.wikipedia.org, example.org:8443 or http://127.0.0.1:8080"
            )
        }
    }

    /// What the web is read through; without it, a crew that declares the tool cannot run.
    let web: (any WebClient)?

    let name = "fetch"
    let summary = "Reads text from the web, from the hosts named and no others."
    let effects = ToolEffects.network
    let options = [hosts]

    init(web: (any WebClient)?) { self.web = web }

    /// Each host that is no address of this machine.
    func grants(of options: JSONValue, in scope: GrantScope) -> [Grant] {
        (options[Self.hosts.name]?.arrayValue ?? []).enumerated().compactMap { index, host in
            guard let text = host.stringValue, !HostGrant.isLoopback(text) else { return nil }
            return Grant(
                kind: .host,
                subject: [text.lowercased()],
                path: [.key(Self.hosts.name), .index(index)],
                summary: "reads from \(text), which may be told anything by the addresses that are asked for"
            )
        }
    }

    func open(_ name: String, _ options: ToolOptions, in _: ToolSurroundings) throws(ToolboxError) -> OpenedTools {
        guard let web else {
            throw ToolboxError(.badOption, tool: name, "this engine has no client for the web")
        }
        var hosts: [(grant: HostGrant, text: String)] = []
        for text in options.texts(Self.hosts.name) {
            do throws(WebAddress.Refusal) { hosts.append((try HostGrant(text), text)) } catch {
                throw ToolboxError(.badOption, tool: name, "the host '\(text)': \(error.message)")
            }
        }
        return try OpenedTools(WebFetcher(name: name, hosts: hosts, client: web), as: name)
    }
}
