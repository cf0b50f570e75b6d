import pytest
import torch

from tests.toy import registered


@pytest.fixture(autouse=True, scope="package")
def toys_on_one_thread():
    torch.set_num_threads(1)
    with registered():
        yield
