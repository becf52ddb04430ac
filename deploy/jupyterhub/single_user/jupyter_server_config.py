"""Settings of each learner's own server; the hub names this folder in JUPYTER_CONFIG_PATH."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

c = get_config()  # noqa: F821


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends each message of a kernel at once.

    An explorer's frame comes in two or three short messages. Without this the second waits for the
    proxy to acknowledge the first, which takes it up to 40 ms (Nagle's algorithm).
    """

    def connect(self):
        """Connect, with TCP_NODELAY on the connection to the proxy."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c.ServerApp.kernel_websocket_connection_class = PromptConnection

# All learners' kernels listen on ports of one machine, where anyone could listen to their outputs.
c.KernelManager.transport_encryption = "auto"

# A kernel that nobody looks at any more gives its memory back after an hour.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 300
